// Reloads one model, waits for success, and prints what to do if it fails.
//   node one-model.mjs my-model
import { createClient, ReloadError } from '@modelslab-reload/core';

const modelslab = createClient({
  apiKey: process.env.MODELSLAB_API_KEY,
  baseUrl: process.env.MODELSLAB_BASE_URL,
});

try {
  const outcome = await modelslab.reload(process.argv[2] ?? '', { timeoutMs: 300_000 });
  console.log(`${outcome.modelId}: ${outcome.status}, evidence ${outcome.evidence}`);
} catch (error) {
  if (!ReloadError.isInstance(error)) throw error;
  console.error(`${error.message}\n${error.hint}`);
  process.exitCode = 1;
}
