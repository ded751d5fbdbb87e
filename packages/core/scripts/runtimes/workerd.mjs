// The part in workerd, which is what runs Cloudflare's Workers: the script, a client that requests share, and the
// example. miniflare needs Node 22, so this is a separate process: `node workerd.mjs <folder with miniflare>`
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '@modelslab-reload/emulator';
import { bundlers } from './bundle.mjs';
import { check, checkScript, countPassed } from './checks.mjs';
import { checkExample } from './example.mjs';
import { bundleWorker, createWorkerd, disconnect } from './miniflare.mjs';

/** Maximum duration of a request. A caller detects within 2 s that a sender is gone. */
const LIMIT_MS = 15_000;
const POLL_INTERVAL_MS = 500;

const withWorker = await createWorkerd(process.argv[2]);
const core = (path) => join(import.meta.dirname, '../..', path);

const script = await bundleWorker('esbuild', core('test/runtimes/script-worker.mjs'));
await checkScript('workerd', (urls) =>
  withWorker({ script }, async ({ url }) => {
    const response = await fetch(`${url}?${new URLSearchParams(urls)}`);
    return response.json();
  }),
);

const shared = await bundleWorker('esbuild', core('test/runtimes/shared-worker.mjs'));
const leave = {
  'no request ends early': { returnAfterMs: 0, leaveAfterMs: null },
  'the first handler returns early': { returnAfterMs: 400, leaveAfterMs: null },
  'the first client disconnects': { returnAfterMs: 0, leaveAfterMs: 400 },
};
const moments = {
  'while the model loads': { options: { loadTimeMs: 2000 }, maxRequests: 6 },
  // The API replies when the model is loaded.
  'while its request is open': {
    options: { loadTimeMs: 2000, success: 'blocking' },
    maxRequests: 2,
  },
};
for (const [who, how] of Object.entries(leave)) {
  for (const [when, { options, maxRequests }] of Object.entries(moments)) {
    await check(`workerd: four requests share a client, and ${who} ${when}`, () =>
      withShared(options, async (worker, emulator) => {
        const first = leaveEarly(worker, how);
        while (emulator.requests.length === 0) await sleep(10);
        const others = [1, 2, 3].map(() => reload(worker, 'my-model'));
        const [, ...outcomes] = await Promise.all([first, ...others]);
        for (const { status, error } of outcomes) {
          assert.deepEqual({ status, error }, { status: 'success', error: null });
        }
        const { length } = emulator.requests;
        assert.ok(length <= maxRequests, `${length} requests, at most ${maxRequests} expected`);
        const isCut = who !== 'no request ends early' && options.success === 'blocking';
        if (isCut) {
          assert.equal(emulator.requests[0].reply, 'aborted');
        }
      }),
    );
  }
}

await check(
  'workerd: a deadline ends one request and does not affect the open call of another',
  () =>
    withShared({ loadTimeMs: 1500, success: 'blocking' }, async (worker, emulator) => {
      const first = reload(worker, 'my-model');
      while (emulator.requests.length === 0) await sleep(10);
      const hurried = reload(worker, 'my-model', '&timeoutMs=400');
      assert.deepEqual(await hurried, { error: 'wait_timeout' });
      assert.equal((await first).status, 'success');
      assert.deepEqual(
        emulator.requests.map(({ reply }) => reply),
        [200],
      );
    }),
);

await check('workerd: a client works again after all its requests have ended', () =>
  withShared({ loadTimeMs: 1000 }, async (worker, emulator) => {
    const gone = ['hangs', 'hangs', 'my-model', 'my-model'].map((model) =>
      fetch(`${worker.url}?model=${model}&returnAfterMs=200`).then((response) => response.text()),
    );
    assert.deepEqual(new Set(await Promise.all(gone)), new Set(['returned early']));
    assert.equal((await reload(worker, 'my-model')).status, 'success');
    // Only one request was abandoned.
    assert.equal(emulator.requests.filter(({ modelId }) => modelId === 'hangs').length, 1);
  }),
);

await check('workerd: 60 requests for 3 models', () =>
  withShared({ loadTimeMs: 1000 }, async (worker, emulator) => {
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, nth) => reload(worker, `model-${nth % 3}`)),
    );
    assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(['success']));
    assert.ok(emulator.requests.length <= 3 * 4, `${emulator.requests.length} requests`);
    assert.ok(emulator.requests.every(({ reply }) => reply === 200));
  }),
);

for (const bundler of Object.keys(bundlers)) await checkExample(withWorker, bundler);

console.log(`${countPassed()} checks in workerd`);

/** Calls the Worker for a model; rejects if that takes too long. */
async function reload({ url }, model, more = '') {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const response = await fetch(`${url}?model=${model}${more}`, { signal });
  return response.json();
}

/** Sends the request that ends early. */
async function leaveEarly({ url }, { returnAfterMs, leaveAfterMs }) {
  if (leaveAfterMs !== null) return disconnect(`${url}?model=my-model`, leaveAfterMs);
  const response = await fetch(`${url}?model=my-model&returnAfterMs=${returnAfterMs}`);
  const text = await response.text();
  if (returnAfterMs > 0) assert.equal(text, 'returned early');
}

async function withShared(options, use) {
  const emulator = await start({ port: 0, ...options });
  try {
    const bindings = { BASE_URL: emulator.url, POLL_INTERVAL_MS };
    return await withWorker({ script: shared, bindings }, (worker) => use(worker, emulator));
  } finally {
    await emulator.close();
  }
}
