// Reloads all trained models of the account, and prints each reply.
//   node many-with-progress.mjs
import { createClient, formatDuration } from '@modelslab-reload/core';

const modelslab = createClient({
  apiKey: process.env.MODELSLAB_API_KEY,
  baseUrl: process.env.MODELSLAB_BASE_URL,
  pollIntervalMs: Number(process.env.POLL_INTERVAL_MS) || undefined,
});

const ids = await modelslab.listTrainedModels();
const outcomes = modelslab.reloadMany(ids, {
  onReply(event) {
    const next =
      event.nextInMs === null ? '' : `, next request in ${formatDuration(event.nextInMs)}`;
    if (event.type === 'waiting') console.log(`${event.modelId} waits: ${event.reason}${next}`);
    else console.log(`${event.modelId} reply ${event.attempt}: ${event.status}${next}`);
  },
});

let failed = 0;
for await (const { modelId, error } of outcomes) {
  if (error) failed++;
  console.log(`${modelId}: ${error ? `${error.code}, ${error.hint}` : 'success'}`);
}
console.log(`${ids.length - failed} of ${ids.length} succeeded`);
process.exitCode = failed > 0 ? 1 : 0;
