// Ctrl-C stops waiting, and prints the last status.
//   node abort.mjs my-model
import { createClient, ReloadError } from '@modelslab-reload/core';

const modelslab = createClient({
  apiKey: process.env.MODELSLAB_API_KEY,
  baseUrl: process.env.MODELSLAB_BASE_URL,
});

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

try {
  await modelslab.reload(process.argv[2] ?? '', {
    signal: stop.signal,
    onReply: ({ status }) => console.log(`${status}; Ctrl-C stops waiting`),
  });
} catch (error) {
  if (!ReloadError.isInstance(error) || error.code !== 'aborted') throw error;
  console.log(`stopped; the last status was ${error.outcome.lastStatus}`);
}
