// The result that every runtime must return, and its comparison.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { start } from '@modelslab-reload/emulator';

/** The result of the script in every runtime. */
const EXPECTED = {
  reload: { status: 'success', evidence: 'change', error: null },
  again: 0,
  many: {
    loaded: 'reply',
    two: 'change',
    'not-found': 'model_not_found',
    'fails-once': 'change',
    gzip: 'change',
  },
  list: ['one', 'two'],
  fault: {
    resets: 'network_error',
    truncated: 'network_error',
    huge: 'unexpected_response',
    redirects: 'unexpected_response',
    'empty-body': 'unexpected_response',
    'html-502': 'server_error',
    hangs: 'request_timeout',
    drips: 'request_timeout',
    'out-of-credits': 'payment_required',
    'echoes-key': 'server_error',
    refused: 'network_error',
    invalid: 'invalid_argument',
    'wrong key': 'unauthorized',
  },
  abort: {
    'while the model loads': ['aborted', true],
    'while a request is open': ['aborted', true],
    before: 'aborted',
  },
  herd: 30,
};

/** The emulator's records for models with a fixed number of requests: the client disconnected, or got a reply. */
const REPLIES = {
  loaded: [200],
  'not-found': [404],
  resets: ['reset'],
  redirects: [307],
  // The client ends a response that it does not read.
  huge: ['aborted'],
  drips: ['aborted'],
  hangs: ['aborted', 'aborted'],
  'html-502': [502],
  // Aborted before it started.
  three: [],
};
/** A model that loads in 400 ms and is polled every 200 ms: the first request, two polls, and one for a slow timer. */
const MAX_REQUESTS_OF_HERD = 4;

let passed = 0;

/** Runs one check; a failure ends the whole script with its name. */
export async function check(name, run) {
  try {
    await run();
  } catch (error) {
    console.error(`not ok ${name}`);
    throw error;
  }
  passed++;
  console.log(`ok ${name}`);
}

/** Returns the number of checks that have passed. */
export const countPassed = () => passed;

/**
 * Runs the script in a runtime and compares what it returns, what the emulator received, and what a proxy did.
 *
 * @param {(urls: { baseUrl: string, closedUrl: string }, proxy: string) => Promise<unknown>} run runs the script,
 *   with `proxy` in the environment's proxy variables if the runtime has an environment
 */
export async function checkScript(runtime, run) {
  await check(`${runtime}: the script`, async () => {
    const emulator = await start({
      port: 0,
      loadTimeMs: 400,
      loaded: ['loaded'],
      models: ['one', 'two'],
      queueLimit: 50,
    });
    const proxy = await startProxy();
    try {
      const urls = { baseUrl: emulator.url, closedUrl: await findClosedUrl() };
      assert.deepEqual(await run(urls, proxy.url), EXPECTED);
      checkRequests(emulator.requests);
      assert.equal(proxy.connections(), 0, 'a request to this machine went to the proxy');
    } finally {
      proxy.close();
      await emulator.close();
    }
  });
}

function checkRequests(requests) {
  const paths = new Set(requests.map(({ path }) => path));
  assert.deepEqual(paths, new Set(['/api/v6/images/model_reload', '/api/v3/finetune_list']));
  const repliesTo = (id) =>
    requests.filter(({ modelId }) => modelId === id).map(({ reply }) => reply);
  for (const [id, replies] of Object.entries(REPLIES)) assert.deepEqual(repliesTo(id), replies, id);
  const { length } = repliesTo('herd');
  assert.ok(length >= 2 && length <= MAX_REQUESTS_OF_HERD, `${length} requests of the herd`);
}

/** Starts a proxy that must not be used. */
async function startProxy() {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on('error', () => {}).destroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, connections: () => connections, close: () => server.close() };
}

/** Returns the URL of a port that was just closed. */
async function findClosedUrl() {
  const { url, close } = await startProxy();
  close();
  return url;
}
