import { createStrykerConfig } from '../../scripts/mutants/config.mjs';

export default createStrykerConfig({
  name: 'core',
  // The code with decisions: the state and its transitions, the drivers, the operations, the parsing of replies and the
  // redaction.
  mutate: [
    'src/state/*.ts',
    'src/transitions/*.ts',
    'src/targets/*.ts',
    'src/drivers/*.ts',
    'src/operations/*.ts',
    'src/protocol/*.ts',
    'src/transport/errors.ts',
    'src/redaction/*.ts',
  ],
  minScore: 90,
});
