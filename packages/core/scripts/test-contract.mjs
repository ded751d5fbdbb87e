// Tests the client against prism, a third-party server for docs/openapi.yaml: it checks each request against the file
// and replies with its examples. Needs the built package.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createClient, createTransport } from '../dist/index.js';
import { cachedTool } from '../../../scripts/cached-tool.mjs';

const PRISM = '5.14.2';
const RELOAD = '/api/v6/images/model_reload';
const LIST = '/api/v3/finetune_list';
const TEXT2IMG = '/api/v6/images/text2img';
const FETCH = '/api/v6/images/fetch/1';

const reload = (until) => (client) => client.reload('my-model', { until, timeoutMs: 20_000 });
const list = (client) => client.listTrainedModels();

/** The call, prism's reply for each path (a status, or the name of an example), and the expected result. */
const rows = [
  [reload('success'), { [RELOAD]: 'example=success' }, { status: 'success', evidence: 'reply' }],
  [reload('success'), { [RELOAD]: 'example=misspelt' }, { message: 'Model reloaded' }],
  [reload('accepted'), { [RELOAD]: 'example=processing' }, { status: 'processing', error: null }],
  [reload('success'), { [RELOAD]: 'example=error' }, { code: 'model_not_found' }],
  [reload('success'), { [RELOAD]: 'example=spam_filter' }, { code: 'rate_limited' }],
  [reload('success'), { [RELOAD]: 'code=400' }, { code: 'invalid_request' }],
  [reload('success'), { [RELOAD]: 'code=401' }, { code: 'unauthorized' }],
  [reload('success'), { [RELOAD]: 'code=402' }, { code: 'payment_required' }],
  [reload('success'), { [RELOAD]: 'code=403' }, { code: 'forbidden' }],
  [reload('success'), { [RELOAD]: 'code=404' }, { code: 'model_not_found' }],
  [reload('success'), { [RELOAD]: 'code=429' }, { code: 'rate_limited', retryAfterMs: 30_000 }],
  [reload('success'), { [RELOAD]: 'code=500' }, { code: 'server_error' }],
  [reload('success'), { [RELOAD]: 'code=503' }, { code: 'server_error' }],
  [reload('image'), { [TEXT2IMG]: 'example=success' }, { evidence: 'image', requests: 2 }],
  [
    reload('image'),
    { [TEXT2IMG]: 'example=processing', [FETCH]: 'example=success' },
    { evidence: 'image', requests: 3 },
  ],
  [list, {}, { 0: 'my-model', 1: 'my-other-model' }],
  [list, { [LIST]: 'code=401' }, { code: 'unauthorized' }],
];

const port = await freePort();
const baseUrl = `http://127.0.0.1:${port}`;
const prism = await startPrism(port);
try {
  // A request that violates the contract, to prove that violations are reported.
  const { headers } = await fetch(baseUrl + RELOAD, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"key":"demo-key"}',
  });
  assert.match(headers.get('sl-violations') ?? '', /model_id/);

  for (const [call, prefer, expected] of rows) {
    const { result, violations } = await ask(call, prefer);
    assert.deepEqual(violations, []);
    for (const [name, value] of Object.entries(expected)) assert.equal(result[name], value);
    console.log('ok', JSON.stringify(prefer), '->', JSON.stringify(expected));
  }
} finally {
  prism.kill();
}

/** Makes one call, and collects the violations that prism finds in its requests. */
async function ask(call, prefer) {
  const violations = [];
  const transport = createTransport();
  const client = createClient({
    apiKey: 'demo-key',
    baseUrl,
    maxRetries: 0,
    async transport(request, signal) {
      const { pathname } = new URL(request.url);
      const headers = { ...request.headers, prefer: prefer[pathname] ?? 'code=200' };
      const reply = await transport({ ...request, headers }, signal);
      if (reply.headers['sl-violations']) violations.push(reply.headers['sl-violations']);
      return reply;
    },
  });
  return { result: await call(client).catch((error) => error), violations };
}

async function startPrism(at) {
  const modules = cachedTool({
    name: `prism-${PRISM}`,
    megabytes: 90,
    dependencies: { '@stoplight/prism-cli': PRISM },
  });
  const cli = join(modules, '@stoplight/prism-cli/dist/index.js');
  const contract = join(import.meta.dirname, '../../../docs/openapi.yaml');
  const server = spawn(process.execPath, [cli, 'mock', '-h', '127.0.0.1', '-p', at, contract], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // The output is read to its end, because a server blocks if nobody reads its output.
  await new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => String(text).includes('is listening') && resolve());
    server.once('exit', () => reject(new Error('prism did not start.')));
  });
  return server;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return String(free);
}
