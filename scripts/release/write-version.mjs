// Writes the packages' common version into the core's source, so that nothing reads package.json at run time.
import { readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../../packages/core/', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
writeFileSync(
  new URL('src/version.ts', folder),
  `// Written by scripts/release/write-version.mjs.\nexport const version = '${version}';\n`,
);
