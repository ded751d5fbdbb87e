// A server that generates images, and reloads a model only if it is unloaded: POST /images/my-model
//   MODELSLAB_API_KEY=… node server.mjs
// A client that has less time sends `Prefer: wait=20` (seconds).
import { createServer } from 'node:http';
import { createClient, ReloadError } from '@modelslab-reload/core';

const MAX_WAIT_MS = 240_000;
/** Failures that a retry may fix, such as a model that is still loading: 503 with Retry-After. */
const TEMPORARY = /timeout|rate_limited|server_error|network_error|aborted/;

const apiKey = process.env.MODELSLAB_API_KEY;
const baseUrl = process.env.MODELSLAB_BASE_URL ?? 'https://modelslab.com';
// One client per API key, kept for the life of the process. All requests share the account's limits and one reload for
// each model.
const modelslab = createClient({
  apiKey,
  baseUrl,
  pollIntervalMs: Number(process.env.POLL_INTERVAL_MS) || undefined,
});
const shutdown = new AbortController();

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    console.error(error);
    send(response, 500, { error: 'internal' });
  });
});

async function handle(request, response) {
  const [, modelId] = /^\/images\/([\w-]+)$/.exec(request.url) ?? [];
  if (request.method !== 'POST' || !modelId) return send(response, 404, { error: 'not_found' });

  const disconnected = new AbortController();
  response.once('close', () => disconnected.abort());
  const signal = AbortSignal.any([disconnected.signal, shutdown.signal]);
  try {
    const options = { timeoutMs: timeLeft(request), signal };
    const reply = await modelslab.withModel(modelId, () => text2img(modelId), options);
    return send(response, reply.status === 'error' ? 502 : 200, reply);
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    const { code, message } = error;
    console.error(message);
    if (TEMPORARY.test(code)) return send(response, 503, { error: code }, { 'retry-after': '30' });
    return send(response, code === 'model_not_found' ? 404 : 500, { error: code });
  }
}

function timeLeft({ headers }) {
  const [, seconds] = /\bwait=(\d{1,4})\b/.exec(headers.prefer ?? '') ?? [];
  return Math.max(1, Math.min(Number(seconds ?? Infinity) * 1000, MAX_WAIT_MS));
}

async function text2img(modelId) {
  const response = await fetch(`${baseUrl}/api/v6/images/text2img`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: apiKey, model_id: modelId, prompt: 'a lighthouse' }),
  });
  return response.json();
}

function send(response, status, body, headers) {
  if (response.destroyed) return;
  // Keep-alive connections would keep the process alive for a few more seconds.
  if (shutdown.signal.aborted) response.shouldKeepAlive = false;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

// On shutdown the waits end, their requests get 503, and the process exits after the last response.
for (const name of ['SIGINT', 'SIGTERM']) {
  process.once(name, () => {
    server.close();
    shutdown.abort();
  });
}
server.listen(Number(process.env.PORT ?? 3000), () => {
  console.log(`http://localhost:${server.address().port}`);
});
