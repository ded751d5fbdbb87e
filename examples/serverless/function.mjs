// A function that cannot wait two minutes (Workers, Deno Deploy, Vercel, Lambda behind a gateway): it generates. If the
// model is unloaded, it starts the load and responds 503 with Retry-After, until its caller tries again and it is loaded.
//   POST /images/my-model
import { createClient, ReloadError } from '@modelslab-reload/core';

/** How long a caller waits for its response. */
const TIMEOUT_MS = 10_000;
/** Failures that a retry may fix, such as a model that is still loading: 503 with Retry-After. */
const TEMPORARY = /timeout|rate_limited|server_error|network_error|aborted/;

// One client per isolate, outside the handler, so that all requests share the reload of a model.
let modelslab;

export default {
  /** Workers, Deno Deploy and Bun call it. For Vercel and Next.js, see route.mjs. */
  fetch(request, env) {
    modelslab ??= createClient({ apiKey: env.MODELSLAB_API_KEY });
    return handle(request, modelslab, (modelId) => text2img(modelId, env.MODELSLAB_API_KEY));
  },
};

/** Responds with what `generate` returns. */
export async function handle(request, client, generate) {
  const [, modelId] = /\/images\/([\w-]+)$/.exec(new URL(request.url).pathname) ?? [];
  if (request.method !== 'POST' || !modelId) return reply(404, { error: 'not_found' });
  try {
    const options = { timeoutMs: TIMEOUT_MS, signal: request.signal };
    return reply(200, await client.withModel(modelId, () => generate(modelId), options));
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    const { code, message } = error;
    console.warn(message);
    if (TEMPORARY.test(code)) return reply(503, { error: code }, { 'retry-after': '30' });
    return reply(code === 'model_not_found' ? 404 : 500, { error: code });
  }
}

/** Your call of text2img. */
async function text2img(modelId, key) {
  const response = await fetch('https://modelslab.com/api/v6/images/text2img', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key, model_id: modelId, prompt: 'a lighthouse' }),
  });
  return response.json();
}

function reply(status, body, headers) {
  return Response.json(body, { status, headers });
}
