// A Worker whose requests share one client, and which may return before its call has ended.
import { env } from 'cloudflare:workers';
import { createClient } from '@modelslab-reload/core';

const MAX_WAIT_MS = 60_000;

// Created outside the handler, so that all requests of the isolate share it.
const modelslab = createClient({
  apiKey: 'demo-key',
  baseUrl: env.BASE_URL,
  pollIntervalMs: env.POLL_INTERVAL_MS,
});

export default {
  async fetch({ url }) {
    const { searchParams } = new URL(url);
    const call = modelslab
      .reload(searchParams.get('model'), {
        timeoutMs: Number(searchParams.get('timeoutMs') ?? MAX_WAIT_MS),
      })
      .then((outcome) => Response.json(outcome))
      .catch((error) => Response.json({ error: error.code ?? String(error) }));
    const returnAfterMs = Number(searchParams.get('returnAfterMs'));
    if (returnAfterMs === 0) return call;
    await scheduler.wait(returnAfterMs);
    return new Response('returned early');
  },
};
