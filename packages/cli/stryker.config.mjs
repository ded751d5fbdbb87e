import { createStrykerConfig } from '../../scripts/mutants/config.mjs';

export default createStrykerConfig({
  name: 'cli',
  mutate: [
    'src/**/*.ts',
    // Tested only through the built bin, because they own the streams and the exit of the process.
    '!src/{bin,main}.ts',
    '!src/output/stdout.ts',
    '!src/commands/{list,completion}.ts',
    // Tables of texts, which are checked by the compiler and the generated documents.
    '!src/{options,version}.ts',
    '!src/commands/table.ts',
  ],
  minScore: 85,
});
