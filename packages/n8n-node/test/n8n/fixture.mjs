// The emulator and the credential of one test file, in the shared n8n.
import { start } from '@modelslab-reload/emulator';
import { inject } from 'vitest';

import { connect } from './rest.mjs';
import { withCredentials } from './workflows.mjs';

// It has characters that JSON, URLs and HTML encode.
export const KEY = 'n8n/e2e+key&1"2';

/** Starts an emulator, and adds a credential for it to `n8n`, by default the shared one. */
export async function createFixture(options, n8n = shared()) {
  const emulator = await start({ port: 0, apiKey: KEY, ...options });
  const credentials = {
    modelsLabReloadApi: await n8n.addCredential('modelsLabReloadApi', {
      apiKey: KEY,
      baseUrl: emulator.url,
      allowInsecureHttp: false,
    }),
  };
  const create = async (workflow, chosen = credentials) =>
    await n8n.create(withCredentials(workflow, chosen));

  return {
    emulator,
    n8n,
    credentials,
    create,
    execute: async (workflow, trigger = { name: 'Start' }) =>
      await n8n.execute(await create(workflow), trigger),
    requestsOf: (modelId) => emulator.requests.filter((request) => request.modelId === modelId),
  };
}

function shared() {
  const { url, cookie, ...files } = inject('n8n');
  return { ...connect(url, cookie), ...files };
}
