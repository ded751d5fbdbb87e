import { createStrykerConfig } from '../../scripts/mutants/config.mjs';

export default createStrykerConfig({
  name: 'core',
  // The code with decisions: the account, polling, the operations, the parsing of replies and the redaction.
  mutate: [
    'src/account/*.ts',
    'src/operations/*.ts',
    'src/polling/*.ts',
    'src/protocol/*.ts',
    'src/transport/errors.ts',
    'src/redaction/*.ts',
  ],
  minScore: 90,
});
