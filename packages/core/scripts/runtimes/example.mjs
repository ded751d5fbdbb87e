// Bundles and runs the Worker of examples/worker as its wrangler.toml configures it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '@modelslab-reload/emulator';
import { check } from './checks.mjs';
import { bundleWorker, disconnect } from './miniflare.mjs';

const folder = join(import.meta.dirname, '../../../../examples/worker');
const config = readFileSync(join(folder, 'wrangler.toml'), 'utf8');
const read = (name) => new RegExp(`^${name} = (.*)$`, 'm').exec(config)?.[1] ?? '""';
const LOAD_TIME_MS = 1500;

export async function checkExample(withWorker, bundler) {
  const script = await bundleWorker(bundler, join(folder, JSON.parse(read('main'))));
  const withExample = async (bindings, use) => {
    const emulator = await start({ port: 0, loadTimeMs: LOAD_TIME_MS, loaded: ['loaded'] });
    try {
      const worker = {
        script,
        compatibilityDate: JSON.parse(read('compatibility_date')),
        compatibilityFlags: JSON.parse(read('compatibility_flags')),
        bindings: {
          MODELSLAB_API_KEY: 'demo-key',
          MODELSLAB_BASE_URL: emulator.url,
          POLL_INTERVAL_MS: 200,
          ...bindings,
        },
      };
      return await withWorker(worker, ({ url }) => use(url, emulator));
    } finally {
      await emulator.close();
    }
  };

  await check(`the Worker example, bundled by ${bundler}: what its caller gets`, () =>
    withExample({}, async (url) => {
      assert.deepEqual(await post(url, 'loaded'), [200, null, 'success']);
      assert.deepEqual(await post(url, 'my-model'), [200, null, 'success']);
      assert.deepEqual(await post(url, 'not-found'), [404, null, 'model_not_found']);
      assert.deepEqual(await post(url, 'a%20b'), [404, null, 'not_found']);
      assert.deepEqual(await post(url, 'out-of-credits'), [500, null, 'payment_required']);
      assert.equal((await fetch(url)).status, 404);
    }),
  );

  await check(`the Worker example, bundled by ${bundler}: 503 until the model is loaded`, () =>
    withExample({ MAX_WAIT_MS: 300 }, async (url, emulator) => {
      const seen = [];
      let response;
      do {
        response = await post(url, 'my-model');
        seen.push(response);
        assert.ok(seen.length < 30);
      } while (response[0] === 503);
      assert.deepEqual(seen[0], [503, '30', 'wait_timeout']);
      assert.deepEqual(response, [200, null, 'success']);
      const { length } = emulator.requests;
      assert.equal(await post(url, 'my-model').then(([status]) => status), 200);
      assert.deepEqual(
        emulator.requests.slice(length).map(({ path }) => path),
        ['/api/v6/images/text2img'],
      );
    }),
  );

  await check(`the Worker example, bundled by ${bundler}: a client that disconnects`, () =>
    withExample({}, async (url, emulator) => {
      const leaving = disconnect(new URL('/images/hangs', url), 400, 'POST');
      // The first request is text2img, which fails.
      while (emulator.requests.length < 2) await sleep(10);
      await leaving;
      // Its API request ends with it, long before any timeout.
      const [, reload] = emulator.requests;
      for (let waits = 0; reload.reply === 'open' && waits < 100; waits++) await sleep(20);
      assert.equal(reload.reply, 'aborted');
      assert.deepEqual(await post(url, 'my-model'), [200, null, 'success']);
    }),
  );
}

/** Requests an image; returns the status, Retry-After, and the body's error or status. */
async function post(url, model) {
  const response = await fetch(new URL(`/images/${model}`, url), {
    method: 'POST',
    signal: AbortSignal.timeout(15_000),
  });
  const { status, error } = await response.json();
  return [response.status, response.headers.get('retry-after'), error ?? status];
}
