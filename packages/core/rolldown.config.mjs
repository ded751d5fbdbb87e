// One file for each entry and one shared file, because fifty small modules took longer to import than to run. undici
// and zod stay dependencies; undici is imported when the first request is sent.
import { defineConfig } from 'rolldown';

export default defineConfig({
  input: {
    index: 'src/index.ts',
    engine: 'src/engine.ts',
    worker: 'src/worker.ts',
    schema: 'src/schema.ts',
  },
  platform: 'neutral',
  external: [/^undici/, /^zod/, /^node:/],
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    chunkFileNames: 'shared-[name].js',
  },
});
