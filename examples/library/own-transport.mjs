// Uses a transport and a clock of your own: here the runtime's fetch, with the engine entry.
//   node own-transport.mjs my-model
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@modelslab-reload/core/engine';

const modelslab = createClient({
  apiKey: process.env.MODELSLAB_API_KEY,
  baseUrl: process.env.MODELSLAB_BASE_URL,
  clock: {
    now: () => Date.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  },
  // It does not follow redirects, because the key would be forwarded, does not cache, because a poll needs the current
  // reply, and does not retry, because the client does.
  transport: async ({ method, url, headers, body }, signal) => {
    const response = await fetch(url, {
      method,
      headers,
      body,
      signal,
      redirect: 'manual',
      cache: 'no-store',
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text: await response.text(),
    };
  },
});

const { status, requests } = await modelslab.reload(process.argv[2] ?? '', { until: 'accepted' });
console.log(`${status} after ${requests} request`);
