import { createStrykerConfig } from '../../scripts/mutants/config.mjs';

export default createStrykerConfig({
  name: 'n8n-node',
  mutate: [
    'nodes/**/*.ts',
    'credentials/*.ts',
    // The texts of the panel, which n8n's linter checks.
    '!nodes/ModelsLabReload/properties.ts',
  ],
  minScore: 85,
});
