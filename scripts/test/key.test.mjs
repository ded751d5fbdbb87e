// Generates docs/key.md: no host shows the key, regardless of its source and encoding.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createProxy } from 'node:net';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { runAction, runCli, runLibrary, runLiveCheck, runN8n } from './key-hosts.mjs';
import { casesOfReplies, createApi, createOtherCases, KEYS, REPLY_PLACES } from './key-places.mjs';
import { expectNoKey, expectNoKeyInRun, expectPage, reachOf } from './key-table.mjs';
import { isFull } from '../../packages/core/test/effort.ts';

const [, KEY] = KEYS;

const servers = [];

afterAll(() => {
  for (const server of servers) server.close();
});

async function listen(server) {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

const startApi = (key, listed) => {
  const answer = createApi(key, listed);
  return listen(
    createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const { status, headers, text } = answer(request.url, Buffer.concat(chunks).toString());
        response.writeHead(status, headers).end(text);
      });
    }),
  );
};

/** Starts a proxy that rejects each CONNECT with the next answer. */
const startProxy = (answers) => {
  const left = [...answers];
  return listen(
    createProxy((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(left.shift() ?? 'HTTP/1.1 403 x\r\n\r\n'));
    }),
  );
};

const idsOf = (cases) => cases.map(({ modelId }) => modelId);
const OTHER_PLACES = {
  exception: 'exception of the transport',
  proxy: 'answer of a proxy',
  proxyBody: 'body of that answer',
  list: 'model id in the list of the account',
};

describe.each(KEYS)('a reply with the key %s', (key) => {
  const cases = casesOfReplies(key);

  test('does not show it in the library', async () => {
    const baseUrl = await startApi(key);
    await Promise.all(
      cases.map(async (one) =>
        expectNoKey(key, [one], await runLibrary({ ...one, apiKey: key, baseUrl })),
      ),
    );
  });

  test('does not show it in the command line', async () => {
    const baseUrl = await startApi(key);
    const args = ['--base-url', baseUrl, '--concurrency', '20', ...idsOf(cases)];
    expectNoKeyInRun(key, cases, await runCli({ apiKey: key, args }));
  });

  test('does not show it in the Action', async () => {
    const baseUrl = await startApi(key);
    const inputs = { 'base-url': baseUrl, concurrency: '20', 'model-ids': idsOf(cases).join() };
    expectNoKeyInRun(key, cases, await runAction({ apiKey: key, inputs }));
  });

  test('does not show it in n8n and the live check', async () => {
    for (const one of cases) {
      const host = { modelId: one.modelId, apiKey: key };
      expectNoKey(key, [one], await runN8n({ ...host, send: createApi(key) }));
      // Elsewhere than in CI, only with the key of special characters.
      if (isFull || key === KEY) {
        expectNoKey(key, [one], await runLiveCheck({ ...host, send: createApi(key) }));
      }
    }
  });
});

test('no host shows the key in an exception', async () => {
  const cases = createOtherCases(OTHER_PLACES.exception, KEY, 'e');
  for (const one of cases) {
    const { text, modelId } = one;
    const send = () => {
      throw Object.assign(new Error(`no: ${text}`, { cause: new Error(text) }), { code: text });
    };
    const host = { modelId, apiKey: KEY, send, transport: send };
    expectNoKey(KEY, [one], await runLibrary(host));
    expectNoKey(KEY, [one], await runN8n(host));
    expectNoKey(KEY, [one], await runLiveCheck(host));
  }
  const failures = cases.map(({ text }) => text);
  const args = ['--concurrency', '1', ...idsOf(cases)];
  expectNoKeyInRun(KEY, cases, await runCli({ apiKey: KEY, args, failures }));
  const inputs = { concurrency: '1', 'model-ids': idsOf(cases).join() };
  expectNoKeyInRun(KEY, cases, await runAction({ apiKey: KEY, inputs, failures }));
});

test.each([
  [OTHER_PLACES.proxy, 'p', (text) => `HTTP/1.1 403 ${text}\r\nx-echo: ${text}\r\n\r\n`],
  [
    OTHER_PLACES.proxyBody,
    'b',
    (text) =>
      `HTTP/1.1 502 Bad Gateway\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  ],
])('%s: no host shows the key that a proxy echoes', async (place, prefix, answer) => {
  const cases = createOtherCases(place, KEY, prefix);
  const answers = cases.map(({ text }) => answer(text));
  const baseUrl = 'https://api.invalid';

  vi.stubEnv('no_proxy', '');
  vi.stubEnv('NO_PROXY', '');
  for (const [nth, one] of cases.entries()) {
    vi.stubEnv('https_proxy', await startProxy([answers[nth], answers[nth]]));
    const host = { modelId: one.modelId, apiKey: KEY, baseUrl };
    expectNoKey(KEY, [one], await runLibrary(host));
    expectNoKey(KEY, [one], await runLiveCheck(host));
  }
  vi.unstubAllEnvs();

  const args = ['--base-url', baseUrl, '--concurrency', '1', ...idsOf(cases)];
  const env = { https_proxy: await startProxy(answers), NO_PROXY: '' };
  expectNoKeyInRun(KEY, cases, await runCli({ apiKey: KEY, args, env }));
  const inputs = { 'base-url': baseUrl, concurrency: '1', 'model-ids': idsOf(cases).join() };
  const proxied = { https_proxy: await startProxy(answers), NO_PROXY: '' };
  expectNoKeyInRun(KEY, cases, await runAction({ apiKey: KEY, inputs, env: proxied }));
});

test('no host shows the key in a listed model id', async () => {
  const cases = createOtherCases(OTHER_PLACES.list, KEY, 'l');
  const baseUrl = await startApi(KEY, cases);
  const args = ['--base-url', baseUrl, '--all-trained', '--max-images', '99'];
  expectNoKey(KEY, cases, await runCli({ apiKey: KEY, args }));
  const inputs = { 'base-url': baseUrl, 'all-trained': 'true', 'max-images': '99' };
  expectNoKey(KEY, cases, await runAction({ apiKey: KEY, inputs }));
  const getMany = {
    apiKey: KEY,
    send: createApi(KEY, cases),
    parameters: { operation: 'getMany' },
  };
  expectNoKey(KEY, cases, await runN8n(getMany));
  expectNoKey(KEY, cases, await runLiveCheck({ ...getMany, modelId: 'm' }));
});

/** Options and inputs with the key, by place; `http:` fails before anything is sent. */
const INPUTS = {
  'model id that was typed': {
    library: (text) => ({ modelId: text }),
    cli: (text) => [text],
    action: (text) => ({ 'model-ids': text }),
    n8n: (text) => ({ modelId: text }),
  },
  'base URL': {
    library: (text) => ({ baseUrl: `http://${text}.example/${text}?key=${text}` }),
    cli: (text) => ['m', '--base-url', `http://${text}.example/${text}?key=${text}`],
    action: (text) => ({ 'base-url': `http://${text}.example/${text}?key=${text}` }),
    n8n: (text) => ({ baseUrl: `http://${text}.example/${text}?key=${text}` }),
  },
  'other options': {
    library: (text) => ({ call: { until: text } }),
    cli: (text) => ['m', '--timeout', `${text}s`],
    action: (text) => ({ timeout: `${text}s` }),
    n8n: (text) => ({ parameters: { until: text, options: { retries: text } } }),
  },
};

test.each(Object.entries(INPUTS))('%s: no host shows the key in an input', async (place, to) => {
  const send = createApi(KEY);
  const transport = async ({ url, body }) => send(new URL(url).pathname, body);
  const cases = createOtherCases(place, KEY, 'i');
  for (const one of cases) {
    const host = { modelId: 'm', apiKey: KEY, send, transport };
    expectNoKey(KEY, [one], await runLibrary({ ...host, ...to.library(one.text) }));
    expectNoKey(KEY, [one], await runN8n({ ...host, ...to.n8n(one.text) }));
    if (place !== 'other options') {
      expectNoKey(KEY, [one], await runLiveCheck({ ...host, ...to.library(one.text) }));
    }
  }
  // A process for each encoding would take too long.
  const [plain] = cases;
  expectNoKey(KEY, [plain], await runCli({ apiKey: KEY, args: to.cli(plain.text) }));
  const inputs = { 'model-ids': 'm', ...to.action(plain.text) };
  expectNoKey(KEY, [plain], await runAction({ apiKey: KEY, inputs }));
});

/** The rows of the table in order. */
const PLACES = [...REPLY_PLACES, ...Object.values(OTHER_PLACES), ...Object.keys(INPUTS)];

/** The places with texts that do not reach an output, the number that do, and the reason. */
const UNSEEN = {
  [OTHER_PLACES.proxy]: [0, 'of a rejected tunnel only the status is reported'],
  [OTHER_PLACES.proxyBody]: [0, 'a rejected tunnel ends with the head of the response'],
  'model id that was typed': [
    isFull ? 7 : 2,
    'the message does not repeat an id with the key; n8n repeats lists',
  ],
  'base URL': [0, 'the message does not repeat the URL, which may contain a password'],
};

test.each(PLACES)('%s: each text with the key reaches an output', (place) => {
  const { all, reached } = reachOf(place);
  const [expected] = UNSEEN[place] ?? [all];
  expect(reached).toBe(expected);
});

test('the table of the key', () => expectPage(PLACES));
