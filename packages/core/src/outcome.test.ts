import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { Outcome } from './outcome.ts';
import { outcomeSchema } from './schema.ts';

const outcome: Outcome = {
  modelId: 'my-model',
  status: 'processing',
  evidence: null,
  imageUrl: null,
  message: 'Model is reloading',
  firstStatus: 'processing',
  lastStatus: 'processing',
  requests: 3,
  startedAt: '2026-11-21T20:15:00.000Z',
  repliedAt: '2026-11-21T20:25:00.000Z',
  elapsedMs: 600_000,
  error: {
    code: 'wait_timeout',
    message: 'The deadline passed.',
    hint: 'Run this again.',
    httpStatus: null,
    retryAfterMs: null,
  },
};

const jsonSchema = JSON.parse(
  readFileSync(new URL('../dist/outcome.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ validateFormats: false }).compile(jsonSchema);

test.each<[string, unknown, boolean]>([
  ['without changes', outcome, true],
  ['without an error', { ...outcome, error: null }, true],
  ['with an image', { ...outcome, status: 'success', evidence: 'image', error: null }, true],
  ['without an id', { ...outcome, modelId: undefined }, false],
  ['with another status', { ...outcome, status: 'loaded' }, false],
  ['with half a request', { ...outcome, requests: 0.5 }, false],
  ['with another code', { ...outcome, error: { ...outcome.error, code: 'oops' } }, false],
])('The zod schema and the JSON Schema agree on an outcome %s.', (_, value, fits) => {
  const json: unknown = JSON.parse(JSON.stringify(value));
  expect(outcomeSchema.safeParse(json).success).toBe(fits);
  expect(validate(json)).toBe(fits);
});
