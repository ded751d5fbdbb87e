// `pnpm test:quick`: the tests beside the sources of all packages, but for those that open sockets, start
// processes or try many random values.
import { defineConfig } from 'vitest/config';
import { projects as action } from '../../packages/github-action/vitest.config.mjs';
import { projects as cli } from '../../packages/cli/vitest.config.mjs';
import { projects as core } from '../../packages/core/vitest.config.mjs';
import { projects as emulator } from '../../packages/emulator/vitest.config.mjs';
import { projects as n8nNode } from '../../packages/n8n-node/vitest.config.mjs';
import { isQuick } from './projects.mjs';

const projects = [...core, ...cli, ...action, ...n8nNode, ...emulator].filter(isQuick);

// What was transformed is kept between runs, which saves a quarter of the time.
export default defineConfig({ test: { projects, experimental: { fsModuleCache: true } } });
