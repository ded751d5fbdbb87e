// The tests of the packages that take seconds, in one run: each start of vitest takes as long as half of them.
import { all as action } from '../../packages/github-action/vitest.config.mjs';
import { all as bullmq } from '../../packages/bullmq/vitest.config.mjs';
import { all as emulator } from '../../packages/emulator/vitest.config.mjs';
import { all as n8nNode } from '../../packages/n8n-node/vitest.config.mjs';
import { createRun } from './projects.mjs';

const projects = [...emulator, ...bullmq, ...action, ...n8nNode];

export default createRun('small', projects);
