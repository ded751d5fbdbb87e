import { createStrykerConfig } from '../../scripts/mutants/config.mjs';

export default createStrykerConfig({
  name: 'cli',
  mutate: [
    'src/**/*.ts',
    // Tested through the built bin alone, because they own the streams and the end of the process.
    '!src/{bin,main}.ts',
    '!src/output/stdout.ts',
    '!src/commands/{list,completion}.ts',
    // Tables of texts, which the compiler and the generated documents check.
    '!src/{options,version}.ts',
    '!src/commands/table.ts',
  ],
  minScore: 85,
});
