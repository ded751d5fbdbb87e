// `pnpm test:quick`: the tests next to the sources of all packages, except those that open sockets, start processes or
// use many random values.
import { defineConfig } from 'vitest/config';
import { projects as action } from '../../packages/github-action/vitest.config.mjs';
import { projects as cli } from '../../packages/cli/vitest.config.mjs';
import { projects as core } from '../../packages/core/vitest.config.mjs';
import { projects as emulator } from '../../packages/emulator/vitest.config.mjs';
import { projects as n8nNode } from '../../packages/n8n-node/vitest.config.mjs';
import { isQuick } from './projects.mjs';

const projects = [...core, ...cli, ...action, ...n8nNode, ...emulator].filter(isQuick);

// Transformed files are cached between runs, which saves a quarter of the time.
export default defineConfig({
  test: { projects, maxWorkers: '100%', experimental: { fsModuleCache: true } },
});
