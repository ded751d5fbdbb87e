// A function that cannot wait two minutes (Workers, Deno Deploy, Vercel, Lambda behind a gateway): it starts the load,
// responds 503 with Retry-After, and generates when the caller tries again.
//   POST /images/my-model
import { createClient, ReloadError } from '@modelslab-reload/core';

/** Errors that a retry does not fix. All others are temporary: 503 with Retry-After, such as a model that is still loading. */
const STATUSES = {
  invalid_argument: 400,
  model_not_found: 404,
  invalid_request: 500,
  unauthorized: 500,
  payment_required: 500,
  forbidden: 500,
  installation_error: 500,
};
const RETRY_AFTER_MS = 30_000;

// One client per isolate, outside the handler, so that it remembers the state of each model between requests.
let client;

/** Returns the client, and the key-value store that isolates share, such as Workers KV: the binding STORE. */
export function createModels(env) {
  client ??= createClient({
    apiKey: env.MODELSLAB_API_KEY,
    baseUrl: env.MODELSLAB_BASE_URL || undefined,
  });
  return { client, store: env.STORE };
}

export default {
  /** Workers, Deno Deploy and Bun call it. For Vercel and Next.js, see route.mjs. */
  fetch: (request, env) => handle(request, createModels(env)),
};

/**
 * @param {Request} request
 * @param {{ client: import('@modelslab-reload/core').Client, store?: { get(key: string): Promise<string | null>,
 *   put(key: string, value: string, options: { expirationTtl: number }): Promise<void> } }} models
 */
export async function handle(request, { client: modelslab, store }) {
  const [, modelId] = /\/images\/([\w-]+)$/.exec(new URL(request.url).pathname) ?? [];
  if (request.method !== 'POST' || !modelId) return reply(404, { error: 'not_found' });
  try {
    const outcome = await modelslab.reload(modelId, {
      until: 'accepted',
      timeoutMs: 20_000,
      maxAgeMs: 6 * 3_600_000,
      signal: request.signal,
    });
    if (outcome.status === 'processing') {
      await store?.put(`loading:${modelId}`, outcome.startedAt, { expirationTtl: 900 });
      return replyLater('processing', RETRY_AFTER_MS);
    }
    // Another isolate may have seen 'processing'; the evidence of this one's client is then `reply`, not `change`.
    const wasLoading = outcome.evidence === 'change' || (await store?.get(`loading:${modelId}`));
    return reply(200, {
      evidence: wasLoading ? 'change' : outcome.evidence,
      image: await generate(modelId),
    });
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    const { code, message, retryAfterMs } = error;
    console.warn(message);
    const status = STATUSES[code];
    return status ? reply(status, { error: code }) : replyLater(code, retryAfterMs);
  }
}

/** Your call of text2img. If it reports that the model is not loaded, reload once with `maxAgeMs: 0`, and respond 503. */
async function generate(modelId) {
  return `an image by ${modelId}`;
}

/** Responds 503: the caller should try again. */
function replyLater(error, retryAfterMs) {
  const seconds = Math.ceil((retryAfterMs ?? RETRY_AFTER_MS) / 1000);
  return reply(503, { error }, { 'retry-after': String(seconds) });
}

function reply(status, body, headers = {}) {
  return Response.json(body, { status, headers });
}
