// Tests the server under load, over sockets: how many requests reach the API, and what each client receives.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { start } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { needsSignals } from '../../scripts/vitest/needs.ts';

const MODELS = ['portraits', 'landscapes', 'logos'];
let emulator;
let server;
let url;
// One server for all tests: each has its own models.
beforeAll(async () => {
  emulator = await start({ port: 0, loadTimeMs: 500, queueLimit: 100, retryAfterMs: 1000 });
  server = spawn(process.execPath, [fileURLToPath(new URL('server.mjs', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      MODELSLAB_API_KEY: 'demo-key',
      MODELSLAB_BASE_URL: emulator.url,
      POLL_INTERVAL_MS: '200',
      PORT: '0',
    },
  });
  const [line] = await once(createInterface({ input: server.stdout }), 'line');
  url = line.replace('localhost', '127.0.0.1');
});
afterAll(async () => {
  server.kill('SIGKILL');
  await emulator.close();
});

async function post(modelId, headers = {}) {
  const response = await fetch(`${url}/images/${modelId}`, { method: 'POST', headers });
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, retryAfter, ...(await response.json()) };
}

const crowd = () => Promise.all(Array.from({ length: 30 }, (_, at) => post(MODELS[at % 3])));
const imagesOf = (id) =>
  emulator.requests.filter(({ path, modelId }) => path.endsWith('/text2img') && modelId === id);
/** Calls, and waits until the server has tried to generate. */
const begin = async (modelId, call = post) => {
  const { length } = imagesOf(modelId);
  const response = call(modelId);
  while (imagesOf(modelId).length === length) await sleep(10);
  return { response };
};
const reloads = () => emulator.requests.filter(({ path }) => path.endsWith('/model_reload'));

test('30 concurrent requests for 3 unloaded models all get an image, with one reload for each model', async () => {
  const responses = await crowd();
  expect(responses.filter(({ status }) => status !== 'success')).toEqual([]);
  // Each model is reloaded once, and polled until it is loaded.
  const sent = reloads().length;
  expect(sent).toBeLessThanOrEqual(3 * 5);
  expect(emulator.requests.filter(({ reply }) => reply === 429)).toEqual([]);

  await crowd();
  expect(reloads()).toHaveLength(sent);
});

test('each request has its own deadline, and the load continues for the others', async () => {
  const patient = post('sketches');
  const startedAt = Date.now();
  const [hurried, crowded] = await Promise.all([
    post('always-processing', { prefer: 'wait=1' }),
    post('always-processing', { prefer: 'wait=2' }),
  ]);
  expect(hurried).toEqual({ status: 503, retryAfter: '30', error: 'wait_timeout' });
  expect(crowded).toEqual(hurried);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1900);
  expect(await patient).toMatchObject({ status: 'success' });
});

test('errors that a retry does not fix are not 503', async () => {
  expect(await post('not-found')).toMatchObject({ status: 404, error: 'model_not_found' });
  expect(await post('a%20b')).toMatchObject({ status: 404, error: 'not_found' });
  expect(await post('out-of-credits')).toEqual({
    status: 500,
    retryAfter: null,
    error: 'payment_required',
  });
});

test('a client that disconnects ends only its own wait', async () => {
  const leaving = new AbortController();
  const { response: left } = await begin('paintings', (modelId) =>
    fetch(`${url}/images/${modelId}`, { method: 'POST', signal: leaving.signal }).catch(
      ({ name }) => name,
    ),
  );
  const { response: staying } = await begin('paintings');
  leaving.abort();
  expect(await left).toBe('AbortError');
  expect(await staying).toMatchObject({ status: 'success' });
});

test('SIGTERM ends the waits, each with a response, and then the process', async (context) => {
  needsSignals(context);
  const { response } = await begin('always-processing');
  server.kill('SIGTERM');
  expect(await response).toMatchObject({ status: 503, error: 'aborted' });
  const [code] = server.exitCode === null ? await once(server, 'exit') : [server.exitCode];
  expect(code).toBe(0);
});
