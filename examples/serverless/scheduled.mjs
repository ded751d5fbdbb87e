// A function that runs every few minutes (Cron Trigger, EventBridge, Vercel Cron) and keeps its waits in a key-value
// store: each run sends at most one request for each model, and no process stays up while a model loads.
//
// The store must return what was written last: Redis, DynamoDB, Deno KV, D1, a Durable Object. Workers KV may return a
// value that is a minute old; there, run it every 3 minutes. One run at a time: a second one would repeat requests.
import { createClient, initialOutcome, ReloadError } from '@modelslab-reload/core';

let client;

/**
 * Runs on Cloudflare Workers with `[triggers] crons = ["1-59/3 * * * *"]` in wrangler.toml, and the binding that
 * `npx wrangler kv namespace create STORE` prints.
 */
export default {
  async scheduled(_event, env) {
    client ??= createClient({ apiKey: env.MODELSLAB_API_KEY });
    const outcomes = await advance({ modelslab: client, store: env.STORE });
    for (const { modelId, status, error } of outcomes) {
      console.log(modelId, error?.message ?? status);
    }
  },
};

/** Begins to reload these models, for example once a day; `advance` does the rest. */
export async function begin(modelIds, { store }) {
  for (const modelId of modelIds) await write(store, modelId, { state: null, nextAt: null });
  await store.put('waits', JSON.stringify([...new Set([...(await readIds(store)), ...modelIds])]));
}

/**
 * Advances every wait whose next request is due; returns the outcomes of those that ended.
 *
 * @param {{ modelslab: import('@modelslab-reload/core').Client, now?: () => number, store: { get(key: string):
 *   Promise<string | null>, put(key: string, value: string): Promise<void> } }} options
 */
export async function advance({ modelslab, store, now = Date.now }) {
  const ids = await readIds(store);
  const outcomes = [];
  let isFull = false;
  for (const modelId of ids) {
    const { state, nextAt } = JSON.parse((await store.get(`wait:${modelId}`)) ?? '{}');
    if (nextAt && Date.parse(nextAt) > now()) continue;
    // The account's queue is full: models that are loading are polled, and no other one begins in this run.
    if (isFull && !state) continue;
    const step = await modelslab
      .step(modelId, state, {
        timeoutMs: 20 * 60_000,
        // Saved before the request leaves, so that a crash cannot repeat it within the spam filter's 30 seconds.
        onSend: (sent) => write(store, modelId, { state: sent, nextAt: null }),
      })
      .catch((error) => {
        // An invalid id has an outcome as well, so that the others go on.
        if (!ReloadError.isInstance(error)) throw error;
        const outcome = initialOutcome(modelId, now(), { error });
        return { state: null, outcome, nextAt: null, pauseMs: null };
      });
    await write(store, modelId, step);
    isFull ||= step.pauseMs !== null;
    if (step.outcome) outcomes.push(step.outcome);
  }
  const done = new Set(outcomes.map(({ modelId }) => modelId));
  await store.put('waits', JSON.stringify(ids.filter((modelId) => !done.has(modelId))));
  return outcomes;
}

async function readIds(store) {
  return JSON.parse((await store.get('waits')) ?? '[]');
}

async function write(store, modelId, { state, nextAt }) {
  await store.put(`wait:${modelId}`, JSON.stringify({ state, nextAt }));
}
