// Reload every trained model of the account, telling each reply as it comes.
//   node many-with-progress.mjs
import { createClient } from '@modelslab-reload/core';

const modelslab = createClient({
  apiKey: process.env.MODELSLAB_API_KEY,
  baseUrl: process.env.MODELSLAB_BASE_URL,
  pollIntervalMs: Number(process.env.POLL_INTERVAL_MS) || undefined,
});

const ids = await modelslab.listTrainedModels();
const outcomes = modelslab.reloadMany(ids, {
  onReply: ({ modelId, attempt, status, nextInMs }) =>
    console.log(`${modelId} reply ${attempt}: ${status}${nextInMs === null ? '' : ', asks again'}`),
});

let failed = 0;
for await (const { modelId, error } of outcomes) {
  if (error) failed++;
  console.log(`${modelId}: ${error ? `${error.code}, ${error.hint}` : 'success'}`);
}
console.log(`${ids.length - failed} of ${ids.length} succeeded`);
process.exitCode = failed > 0 ? 1 : 0;
