// Stops waiting after two seconds, and prints the last status.
//   node abort.mjs my-model
import { createClient, ReloadError } from '@modelslab-reload/core';

const modelslab = createClient({
  apiKey: process.env.MODELSLAB_API_KEY,
  baseUrl: process.env.MODELSLAB_BASE_URL,
});

try {
  await modelslab.reload(process.argv[2] ?? '', { signal: AbortSignal.timeout(2000) });
} catch (error) {
  if (!ReloadError.isInstance(error) || error.code !== 'aborted') throw error;
  console.log(`stopped; the last status was ${error.outcome.lastStatus}`);
}
