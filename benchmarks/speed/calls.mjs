import { createClient } from '@modelslab-reload/core';
import { EnvHttpProxyAgent, request } from 'undici';
import { medians } from './timing.mjs';

const KEY = 'benchmark-key-0123456789';
const ROUNDS = 41;
const CALLS = 300;

/** Times calls in one process, one at a time and ten at a time. */
export async function timeCalls(url) {
  // The default transport would use proxies from the environment.
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy']) {
    delete process.env[name];
  }
  const client = createClient({ apiKey: KEY, baseUrl: url, concurrency: 10 });
  const byHand = requestByHand(url);
  const rows = [];
  for (const atOnce of [1, 10]) {
    const times = await medians(ROUNDS, {
      client: () => callAll(atOnce, (id) => client.reload(id)),
      byHand: () => callAll(atOnce, byHand),
    });
    const [ours, theirs] = [times.client, times.byHand].map((ms) => (1000 * ms) / CALLS);
    rows.push({
      what: `client.reload, ${atOnce} at a time`,
      against: 'undici.request with an AbortController, a timer and JSON.parse',
      goal: 1.2,
      ratio: ours / theirs,
      times: `${ours.toFixed(0)} / ${theirs.toFixed(0)} µs`,
    });
  }
  return rows;
}

/** Sends a request through the same pool as the client, with minimal code around it. */
function requestByHand(url) {
  const dispatcher = new EnvHttpProxyAgent({ headersTimeout: 0, bodyTimeout: 0 });
  return async (modelId) => {
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), 150_000);
    try {
      const { body } = await request(`${url}/api/v6/images/model_reload`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key: KEY, model_id: modelId }),
        signal: over.signal,
        dispatcher,
      });
      return JSON.parse(await body.text());
    } finally {
      clearTimeout(timer);
    }
  };
}

// Each call is for another model, because the client would answer from memory for a known one.
let model = 0;

async function callAll(atOnce, call) {
  let left = CALLS;
  const caller = async () => {
    while (left-- > 0) await call(`model-${model++}`);
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
}
