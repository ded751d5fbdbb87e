// `pnpm test:quick`: the tests beside the sources of all packages, but for those that open sockets, start
// processes or try many random values.
import { defineConfig } from 'vitest/config';

const project = (name, { include = ['src/**/*.test.ts'], exclude = [], ...more } = {}) => ({
  ...more,
  test: {
    name,
    root: `../packages/${name}`,
    include,
    exclude: ['**/*.property.test.ts', ...exclude],
    testTimeout: 30_000,
  },
});

export default defineConfig({
  test: {
    projects: [
      project('core', {
        exclude: [
          'src/engine.test.ts',
          'src/transport/undici.test.ts',
          'src/transport/contract.test.ts',
        ],
      }),
      project('cli', { exclude: ['src/completion/**'] }),
      project('github-action', { exclude: ['src/transport/**'] }),
      // Its tests lie apart, because n8n loads whatever is in the folder of a node.
      project('n8n-node', {
        extends: '../packages/n8n-node/vitest.config.mjs',
        include: ['test/*.test.ts'],
      }),
      project('emulator', {
        exclude: ['src/server.test.ts', 'src/bin.test.ts', 'src/http/**', 'src/readme.test.ts'],
      }),
    ],
  },
});
