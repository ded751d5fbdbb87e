// A Worker that generates, and reloads the model if it is unloaded. It waits up to 20 seconds, then responds 503 with
// Retry-After, and the next request continues the same wait.
//   POST /images/my-model
import { createClient, ReloadError } from '@modelslab-reload/core';

const MAX_WAIT_MS = 20_000;
/** Failures that a retry may fix, such as a model that is still loading: 503 with Retry-After. */
const TEMPORARY = /timeout|rate_limited|server_error|network_error|aborted/;

// One client per isolate, shared by all its requests: it enforces the account's limits and remembers each model.
let modelslab;

export default {
  async fetch(request, env) {
    const [, modelId] = /^\/images\/([\w-]+)$/.exec(new URL(request.url).pathname) ?? [];
    if (request.method !== 'POST' || !modelId) return respond(404, { error: 'not_found' });

    // Created here, because a Worker is deployed before it has its secret.
    modelslab ??= createClient({
      apiKey: env.MODELSLAB_API_KEY,
      baseUrl: env.MODELSLAB_BASE_URL,
      pollIntervalMs: Number(env.POLL_INTERVAL_MS) || undefined,
    });
    try {
      const reply = await modelslab.withModel(modelId, () => text2img(modelId, env), {
        timeoutMs: Number(env.MAX_WAIT_MS) || MAX_WAIT_MS,
        // Ends the wait when the client disconnects (compatibility flag `enable_request_signal`).
        signal: request.signal,
      });
      return respond(200, reply);
    } catch (error) {
      if (!ReloadError.isInstance(error)) throw error;
      const { code, message } = error;
      console.warn(message);
      if (TEMPORARY.test(code)) return respond(503, { error: code }, { 'retry-after': '30' });
      return respond(code === 'model_not_found' ? 404 : 500, { error: code });
    }
  },
};

/** Your call of text2img. */
async function text2img(modelId, { MODELSLAB_API_KEY: key, MODELSLAB_BASE_URL: baseUrl }) {
  const response = await fetch(`${baseUrl ?? 'https://modelslab.com'}/api/v6/images/text2img`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key, model_id: modelId, prompt: 'a lighthouse' }),
  });
  return response.json();
}

function respond(status, body, headers) {
  return Response.json(body, { status, headers });
}
