// A function that cannot wait two minutes (Workers, Deno Deploy, Vercel, Lambda behind a gateway): it starts the load,
// responds 503 with Retry-After, and generates when the caller tries again.
//   export default { fetch: (request, env) => handle(request, createModels(env)) };
import { createClient, ReloadError } from '@modelslab-reload/core';

// One client per isolate, outside the handler, so that it remembers the state of each model between requests.
let client;
export function createModels(env) {
  client ??= createClient({ apiKey: env.MODELSLAB_API_KEY, baseUrl: env.MODELSLAB_BASE_URL });
  return { client, store: env.STORE };
}

/**
 * @param {Request} request its query names the model: `?model=my-model`
 * @param {{ client: import('@modelslab-reload/core').Client, store?: { get(key: string): Promise<string | null>,
 *   put(key: string, value: string, options: { expirationTtl: number }): Promise<void> } }} models `store` is a
 *   key-value store, such as Workers KV
 */
export async function handle(request, { client: modelslab, store }) {
  const modelId = new URL(request.url).searchParams.get('model') ?? '';
  try {
    const outcome = await modelslab.reload(modelId, {
      until: 'accepted',
      timeoutMs: 20_000,
      maxAgeMs: 6 * 3_600_000,
      signal: request.signal,
    });
    if (outcome.status === 'processing') {
      await store?.put(`loading:${modelId}`, outcome.startedAt, { expirationTtl: 900 });
      return reply(503, { status: 'processing' }, { 'retry-after': '30' });
    }
    // Another isolate may have seen 'processing'; the evidence of this one's client is then `reply`, not `change`.
    const wasLoading = outcome.evidence === 'change' || (await store?.get(`loading:${modelId}`));
    return reply(200, {
      evidence: wasLoading ? 'change' : outcome.evidence,
      image: await generate(modelId),
    });
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    const { code, retryAfterMs } = error;
    const status = { invalid_argument: 400, model_not_found: 404 }[code] ?? 503;
    const seconds = Math.ceil((retryAfterMs ?? 30_000) / 1000);
    return reply(status, { error: code }, { 'retry-after': String(seconds) });
  }
}

/** Your call of text2img. */
async function generate(modelId) {
  return `an image by ${modelId}`;
}

function reply(status, body, headers = {}) {
  return Response.json(body, { status, headers });
}
