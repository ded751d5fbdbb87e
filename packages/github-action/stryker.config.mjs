import { createStrykerConfig } from '../../scripts/mutants/config.mjs';

export default createStrykerConfig({
  name: 'github-action',
  mutate: [
    'src/**/*.ts',
    // Tested only through the bundle, in a runner, because they own the step's process, files and sockets.
    '!src/{index,main,lifecycle,reload,secrets}.ts',
    '!src/report/report.ts',
  ],
  minScore: 85,
});
