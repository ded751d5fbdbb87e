// `pnpm test:quick`: the tests next to the sources of all packages, except those that open sockets, start processes or
// use many random values.
import { quick as action } from '../../packages/github-action/vitest.config.mjs';
import { quick as bullmq } from '../../packages/bullmq/vitest.config.mjs';
import { quick as cli } from '../../packages/cli/vitest.config.mjs';
import { quick as core } from '../../packages/core/vitest.config.mjs';
import { quick as emulator } from '../../packages/emulator/vitest.config.mjs';
import { quick as n8nNode } from '../../packages/n8n-node/vitest.config.mjs';
import { createRun } from './projects.mjs';

const projects = [...core, ...cli, ...action, ...n8nNode, ...bullmq, ...emulator];

export default createRun('quick', projects, '100%');
