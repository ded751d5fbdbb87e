// A server in four processes with one API key: each makes sure that a model is loaded before it would generate with it.
// Try it: MODELSLAB_API_KEY=… REDIS_URL=redis://127.0.0.1:6379 node cluster.mjs, then curl http://127.0.0.1:3000/my-model
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { createClient, ReloadError } from '@modelslab-reload/bullmq';

const { MODELSLAB_API_KEY: apiKey, MODELSLAB_BASE_URL: baseUrl, REDIS_URL: url } = process.env;
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
    const modelId = decodeURIComponent(
      new URL(request.url ?? '/', 'http://localhost').pathname.slice(1),
    );
    const options = { maxAgeMs: 6 * 3_600_000, timeoutMs: 60_000, signal: stop.signal };
    modelslab.reload(modelId, options).then(
      // Here the server would generate an image.
      ({ evidence }) => response.end(`${evidence} in process ${cluster.worker?.id}\n`),
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
