import { createClient } from '@modelslab-reload/core/engine';

const KEY = 'demo-key';

/**
 * Polling policies. Each sends a request immediately, then repeats it: `ours` is the real client, the others are
 * a simple loop with their intervals, which treats a rejection as 'not loaded yet'.
 */
export const POLICIES = [
  { name: 'ours', ask: askWithClient },
  { name: 'every 30 s', ask: askByGaps(() => repeat(30_000)) },
  { name: '60 s, then 30 s', ask: askByGaps(() => thenRepeat([60_000], 30_000)) },
  { name: '125 s, then 33 s', ask: askByGaps(() => thenRepeat([125_000], 33_000)) },
  {
    name: '2 s, ten times',
    note: "the vendor's JS SDK",
    ask: askByGaps(() => Array.from({ length: 10 }, () => 2000)),
  },
  {
    name: '1 s doubling to 10 s, for 5 min',
    note: "the vendor's command line",
    ask: askByGaps(() => thenRepeat([1000, 2000, 4000, 8000], 10_000), 300_000),
  },
  { name: 'every 500 ms', ask: askByGaps(() => repeat(500)) },
  { name: 'every 5 s', ask: askByGaps(() => repeat(5000)) },
  { name: '2 s to 2 min, full jitter', ask: askByGaps(fullJitter) },
];

/** The real loop: detects `success`, or gives up at its deadline. */
async function askWithClient({ transport, clock, timeoutMs, modelId }) {
  const client = createClient({ apiKey: KEY, transport, clock });
  return client.reload(modelId, { timeoutMs }).then(
    () => true,
    (error) => {
      if (error.code === 'wait_timeout') return false;
      throw error;
    },
  );
}

function askByGaps(gapsOf, ownTimeoutMs = Infinity) {
  return async ({ transport, clock, timeoutMs, modelId, random }) => {
    const deadline = clock.now() + Math.min(timeoutMs, ownTimeoutMs);
    const request = {
      method: 'POST',
      url: '/api/v6/images/model_reload',
      headers: {},
      body: JSON.stringify({ key: KEY, model_id: modelId }),
    };
    const isLoaded = async () => JSON.parse((await transport(request)).text).status === 'success';
    if (await isLoaded()) return true;
    for (const gap of gapsOf(random)) {
      if (clock.now() + gap > deadline) return false;
      await clock.sleep(gap);
      if (await isLoaded()) return true;
    }
    return false;
  };
}

function* repeat(gap) {
  for (;;) yield gap;
}

function* thenRepeat(first, gap) {
  yield* first;
  yield* repeat(gap);
}

function* fullJitter(random) {
  for (let longest = 2000; ; longest = Math.min(2 * longest, 120_000)) yield random() * longest;
}
