// A Worker that ensures that a model is loaded before it generates. It waits up to 20 seconds, then responds 503 with
// Retry-After, and the next request continues the same wait.
//   POST /images/my-model
import { createClient, ReloadError } from '@modelslab-reload/core';

const HOUR_MS = 3_600_000;
const MAX_WAIT_MS = 20_000;
const RETRY_AFTER_MS = 30_000;

/** Errors that a retry does not fix. All others are temporary: 503, such as a model that is still loading. */
const STATUSES = {
  invalid_argument: 400,
  model_not_found: 404,
  invalid_request: 500,
  unauthorized: 500,
  payment_required: 500,
  forbidden: 500,
  installation_error: 500,
};

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
      await modelslab.reload(modelId, {
        // ModelsLab unloads a model after 7 days without use, so a success from the last hours needs no request.
        maxAgeMs: 6 * HOUR_MS,
        timeoutMs: Number(env.MAX_WAIT_MS) || MAX_WAIT_MS,
        // Ends the wait when the client disconnects (compatibility flag `enable_request_signal`).
        signal: request.signal,
      });
    } catch (error) {
      if (!ReloadError.isInstance(error)) throw error;
      console.warn(error.message);
      const seconds = Math.ceil((error.retryAfterMs ?? RETRY_AFTER_MS) / 1000);
      const status = STATUSES[error.code] ?? 503;
      const headers = status === 503 ? { 'retry-after': String(seconds) } : {};
      return respond(status, { error: error.code }, headers);
    }
    return respond(200, { image: await generate(modelId) });
  },
};

/** Your call of text2img. If it reports that the model is not loaded, reload once with `maxAgeMs: 0`. */
async function generate(modelId) {
  return `an image by ${modelId}`;
}

function respond(status, body, headers) {
  return Response.json(body, { status, headers });
}
