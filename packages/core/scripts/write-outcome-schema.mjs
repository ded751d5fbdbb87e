// Writes the JSON Schema of an Outcome next to the built code, from the zod schema.
import { writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { outcomeSchema } from '../dist/schema.js';

const schema = { title: 'Outcome', ...z.toJSONSchema(outcomeSchema) };
writeFileSync(
  new URL('../dist/outcome.schema.json', import.meta.url),
  `${JSON.stringify(schema, null, 2)}\n`,
);
