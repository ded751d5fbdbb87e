// A server in four processes with one API key: each generates, and all share the reload of an unloaded model.
// Try it: MODELSLAB_API_KEY=… REDIS_URL=redis://127.0.0.1:6379 node cluster.mjs, then curl http://127.0.0.1:3000/my-model
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { createClient, ReloadError } from '@modelslab-reload/bullmq';

const { MODELSLAB_API_KEY: apiKey, REDIS_URL: url } = process.env;
const { MODELSLAB_BASE_URL: baseUrl = 'https://modelslab.com' } = process.env;
const { PORT = '3000', POLL_INTERVAL_MS } = process.env;

if (cluster.isPrimary) {
  for (let n = 0; n < 4; n++) cluster.fork();
  process.once('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.kill('SIGTERM');
  });
} else serve();

function serve() {
  const pollIntervalMs = POLL_INTERVAL_MS === undefined ? undefined : Number(POLL_INTERVAL_MS);
  const modelslab = createClient({ apiKey, baseUrl, pollIntervalMs, connection: { url } });

  const server = createServer((request, response) => {
    const stop = new AbortController();
    response.once('close', () => stop.abort());
    const [, modelId] = /^\/([\w-]+)$/.exec(request.url ?? '') ?? [];
    if (modelId === undefined) {
      response.writeHead(404).end();
      return;
    }
    const options = { timeoutMs: 300_000, signal: stop.signal };
    modelslab
      .withModel(modelId, () => text2img(modelId), options)
      .then(
        ({ status }) => response.end(`${status} in process ${cluster.worker?.id}\n`),
        (error) =>
          response.writeHead(503).end(`${ReloadError.isInstance(error) ? error.code : error}\n`),
      );
  });
  server.listen(Number(PORT), '127.0.0.1');

  process.once('SIGTERM', () => {
    server.close();
    void modelslab.close().finally(() => process.disconnect?.());
  });
}

async function text2img(modelId) {
  const response = await fetch(`${baseUrl}/api/v6/images/text2img`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: apiKey, model_id: modelId, prompt: 'a lighthouse' }),
  });
  return response.json();
}
