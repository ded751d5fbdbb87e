import { createStrykerConfig } from '../../scripts/mutants/config.mjs';

export default createStrykerConfig({
  name: 'github-action',
  mutate: [
    'src/**/*.ts',
    // Tested through the bundle alone, in a runner: they are the step's process, its files and its sockets.
    '!src/{index,main,lifecycle,reload,secrets}.ts',
    '!src/report/report.ts',
    '!src/transport/node-transport.ts',
  ],
  minScore: 85,
});
