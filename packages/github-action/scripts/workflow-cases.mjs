// The inputs and expected results of the workflows that users copy.

export const API_KEY = 'key-of-the-workflow-tests';
const README = 'packages/github-action/README.md';
const BOTH = ['my-model', 'my-other-model'];

/** The fastest API: it returns success immediately. */
const FAST = { success: 'accepted' };
const RIGHT_KEY = { MODELSLAB_API_KEY: API_KEY };
const WRONG_KEY = { MODELSLAB_API_KEY: 'wrong-key-of-the-workflow-tests' };

const notFound = {
  status: 404,
  headers: { 'content-type': 'application/json' },
  text: '{"status":"error","message":"Model not found"}',
};

/** Returns service options that reject the first `count` requests for `modelId`. */
function rejecting(modelId, count = Infinity) {
  let rejected = 0;
  const intercept = (request) =>
    request.modelId === modelId && ++rejected <= count ? notFound : null;
  return { ...FAST, intercept };
}

/**
 * `jobs` has the results of each job by its id, without skipped jobs.
 *
 * @type {{ workflow: string, title: string, event: string, service: object,
 *   secrets: Record<string, string>,
 *   expected: { jobs: Record<string, string[]>, models: string[], lines?: RegExp[] } }[]}
 */
export const CASES = [
  {
    workflow: 'examples/github/keep-models-loaded.yml',
    title: 'all accepted',
    event: 'schedule',
    service: { loadTimeMs: 60_000, models: [...BOTH, 'broken-model'] },
    secrets: RIGHT_KEY,
    expected: {
      jobs: { reload: ['success'] },
      models: BOTH,
      lines: [/^my-model: processing, /, /\*\*2\*\* processing/],
    },
  },
  {
    workflow: 'examples/github/keep-models-loaded.yml',
    title: 'without the secret',
    event: 'workflow_dispatch',
    service: FAST,
    secrets: {},
    expected: {
      jobs: { reload: ['failure'] },
      models: [],
      lines: [/The input api-key is empty/],
    },
  },
  {
    workflow: 'examples/github/reload-before-job.yml',
    title: 'all succeed',
    event: 'workflow_dispatch',
    service: FAST,
    secrets: RIGHT_KEY,
    expected: {
      jobs: { reload: ['success'], generate: ['success', 'success'] },
      models: BOTH,
      lines: [/^Generate with my-model here\./, /^Generate with my-other-model here\./],
    },
  },
  {
    workflow: 'examples/github/reload-before-job.yml',
    title: 'one fails',
    event: 'workflow_dispatch',
    service: rejecting('my-other-model'),
    secrets: RIGHT_KEY,
    expected: {
      jobs: { reload: ['success'], generate: ['success'], check: ['failure'] },
      models: BOTH,
      lines: [/^Generate with my-model here\./, /::error::Not reached: \["my-other-model"\]/],
    },
  },
  {
    workflow: 'examples/github/reload-before-job.yml',
    title: 'with an invalid key',
    event: 'workflow_dispatch',
    service: FAST,
    secrets: WRONG_KEY,
    expected: {
      jobs: { reload: ['success'], check: ['failure'] },
      models: BOTH,
      lines: [/unauthorized/, /::error::Not reached: \["my-model","my-other-model"\]/],
    },
  },
  {
    workflow: 'examples/github/several-accounts.yml',
    title: 'one key is invalid',
    event: 'schedule',
    service: { ...FAST, models: ['first', 'broken-model', 'second'] },
    secrets: {
      MODELSLAB_API_KEY_STUDIO: API_KEY,
      MODELSLAB_API_KEY_SHOP: WRONG_KEY.MODELSLAB_API_KEY,
    },
    expected: {
      jobs: { reload: ['failure', 'failure'] },
      models: ['first', 'second'],
      lines: [/\*\*2\*\* success/, /::error::unauthorized/],
    },
  },
  {
    workflow: `${README}: ModelsLab reload: the GitHub Action`,
    title: 'succeeds',
    event: 'push',
    service: FAST,
    secrets: RIGHT_KEY,
    expected: { jobs: { a: ['success'] }, models: ['my-model'] },
  },
  {
    workflow: `${README}: ModelsLab reload: the GitHub Action`,
    title: 'fails',
    event: 'push',
    service: rejecting('my-model'),
    secrets: RIGHT_KEY,
    expected: {
      jobs: { a: ['failure'] },
      models: ['my-model'],
      lines: [/::error::my-model: model_not_found, Model not found/],
    },
  },
  {
    workflow: `${README}: Keep models loaded`,
    title: 'all accepted',
    event: 'schedule',
    service: { loadTimeMs: 60_000, models: [...BOTH, 'broken-model'] },
    secrets: RIGHT_KEY,
    expected: { jobs: { reload: ['success'] }, models: BOTH },
  },
  {
    workflow: `${README}: Reload before the next job`,
    title: 'all succeed',
    event: 'workflow_dispatch',
    service: FAST,
    secrets: RIGHT_KEY,
    expected: {
      jobs: { reload: ['success'], generate: ['success', 'success'] },
      models: BOTH,
      lines: [/^Generate with my-model here\./, /^Generate with my-other-model here\./],
    },
  },
  {
    workflow: `${README}: Continue with the models that succeeded`,
    title: 'one fails',
    event: 'push',
    service: { ...rejecting('second'), models: ['first', 'second'] },
    secrets: RIGHT_KEY,
    expected: {
      jobs: { a: ['success'] },
      models: ['first', 'second'],
      lines: [/^Failed, \["second"\]/],
    },
  },
  {
    workflow: `${README}: Retry the models that failed`,
    title: 'the second step succeeds',
    event: 'push',
    service: rejecting('my-model', 1),
    secrets: RIGHT_KEY,
    expected: {
      jobs: { a: ['success'] },
      models: BOTH,
      lines: [/^my-model: failed, model_not_found/, /^my-model: success \(1 request/],
    },
  },
  {
    workflow: `${README}: Retry the models that failed`,
    title: 'nothing is left for the second step',
    event: 'push',
    service: FAST,
    secrets: RIGHT_KEY,
    expected: {
      jobs: { a: ['success'] },
      models: BOTH,
      lines: [/There was no model to reload\./],
    },
  },
  {
    workflow: `${README}: Be certain before a launch`,
    title: 'an image is generated',
    event: 'push',
    service: { loaded: ['my-model'] },
    secrets: RIGHT_KEY,
    expected: {
      jobs: { a: ['success'] },
      models: ['my-model'],
      lines: [/next: an image, which is billed/, /\[image\]\(https:/],
    },
  },
];
