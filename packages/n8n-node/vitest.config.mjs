import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const { resolve } = createRequire(import.meta.url);

export default defineConfig({
  // The CommonJS half, as n8n loads it: the other has no `"type": "module"`, so that vite would
  // transform all its files.
  resolve: { alias: { 'n8n-workflow': resolve('n8n-workflow') } },
});
