// Makes docs/key.md: no host shows the key, wherever it comes from and however it is written.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createProxy } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { markdownTable } from '../docs/markdown.mjs';
import { runAction, runCli, runLibrary, runLiveCheck, runN8n } from './key-hosts.mjs';
import {
  createApi,
  createCases,
  createOtherCases,
  encodingsOf,
  findKey,
  KEYS,
  REPLY_PLACES,
} from './key-places.mjs';
import { root } from './repository.mjs';

const [, KEY] = KEYS;
const PRELOAD = join(root, 'scripts/test/failing-sockets.cjs');

/** How many texts with the key each output was tried with, by place and output. */
const tried = new Map();
const servers = [];

afterAll(() => {
  for (const server of servers) server.close();
});

async function listen(server) {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

const startApi = (key) => {
  const answer = createApi(key);
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

/** Starts a proxy that rejects each CONNECT with the next text, in its status line and a header. */
const startProxy = (texts) => {
  const left = [...texts];
  return listen(
    createProxy((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        const text = left.shift() ?? 'x';
        socket.end(`HTTP/1.1 403 ${text}\r\nx-echo: ${text}\r\n\r\n`);
      });
    }),
  );
};

/** Fails if an output has the key, and counts the output as tried. */
function expectNoKey(key, place, outputs, count = 1) {
  for (const [name, output] of Object.entries(outputs)) {
    if (output === null || output === '') continue;
    expect({ place, name, found: findKey(key, output) }).toEqual({ place, name, found: [] });
    const counts = tried.get(place) ?? new Map();
    counts.set(name, (counts.get(name) ?? 0) + count);
    tried.set(place, counts);
  }
}

/** The same for a run of many models: a case counts for each output that names its model. */
function expectNoKeyInLines(key, cases, outputs) {
  for (const [name, output] of Object.entries(outputs)) {
    const lines = output.split('\n');
    const leaks = lines.filter((line) => findKey(key, line).length > 0);
    expect({ name, leaks }).toEqual({ name, leaks: [] });
    const named = new Set(output.match(/\b[a-z]-\d+-\d+\b/g));
    for (const { place, modelId } of cases) {
      if (named.has(modelId)) expectNoKey(key, place, { [name]: 'no line has it' });
    }
  }
}

const idsOf = (cases) => cases.map(({ modelId }) => modelId);
const OTHER_PLACES = {
  exception: 'exception of the transport',
  proxy: 'answer of a proxy',
  list: 'model id in the list of the account',
};

describe.each(KEYS)('a reply with the key %s', (key) => {
  const cases = createCases(key);
  let baseUrl;
  beforeAll(async () => {
    baseUrl = await startApi(key);
  });

  test('shows it nowhere in the library', async () => {
    await Promise.all(
      cases.map(async ({ place, modelId }) =>
        expectNoKey(key, place, await runLibrary({ modelId, apiKey: key, baseUrl })),
      ),
    );
  });

  test('shows it nowhere in the command line', async () => {
    const args = ['--base-url', baseUrl, '--concurrency', '20', ...idsOf(cases)];
    expectNoKeyInLines(key, cases, await runCli({ apiKey: key, args }));
  });

  test('shows it nowhere in the Action', async () => {
    const inputs = { 'base-url': baseUrl, concurrency: '20', 'model-ids': idsOf(cases).join() };
    expectNoKeyInLines(key, cases, await runAction({ apiKey: key, inputs }));
  });

  test('shows it nowhere in n8n and the live check', async () => {
    for (const { place, modelId } of cases) {
      const host = { modelId, apiKey: key, send: async (...request) => answer(...request) };
      const answer = createApi(key);
      expectNoKey(key, place, await runN8n(host));
      expectNoKey(key, place, await runLiveCheck({ ...host, send: createApi(key) }));
    }
  });
});

test('an exception with the key shows it nowhere', async () => {
  const place = OTHER_PLACES.exception;
  const cases = createOtherCases(place, KEY, 'e');
  for (const { text, modelId } of cases) {
    const send = () => {
      throw Object.assign(new Error(`no: ${text}`, { cause: new Error(text) }), { code: text });
    };
    const host = { modelId, apiKey: KEY, send, transport: send };
    expectNoKey(KEY, place, await runLibrary(host));
    expectNoKey(KEY, place, await runN8n(host));
    expectNoKey(KEY, place, await runLiveCheck(host));
  }
  const env = {
    NODE_OPTIONS: `--require ${JSON.stringify(PRELOAD)}`,
    FAILING_TEXTS: JSON.stringify(cases.map(({ text }) => text)),
  };
  const args = ['--concurrency', '1', ...idsOf(cases)];
  expectNoKeyInLines(KEY, cases, await runCli({ apiKey: KEY, args, env }));
  const inputs = { concurrency: '1', 'model-ids': idsOf(cases).join() };
  expectNoKeyInLines(KEY, cases, await runAction({ apiKey: KEY, inputs, env }));
});

test('a proxy that echoes the key shows it nowhere', async () => {
  const place = OTHER_PLACES.proxy;
  const cases = createOtherCases(place, KEY, 'p');
  const texts = cases.map(({ text }) => text);
  const baseUrl = 'https://api.invalid';

  vi.stubEnv('no_proxy', '');
  vi.stubEnv('NO_PROXY', '');
  for (const { text, modelId } of cases) {
    vi.stubEnv('https_proxy', await startProxy([text, text]));
    const host = { modelId, apiKey: KEY, baseUrl };
    expectNoKey(KEY, place, await runLibrary(host));
    expectNoKey(KEY, place, await runLiveCheck(host));
  }
  vi.unstubAllEnvs();

  const args = ['--base-url', baseUrl, '--concurrency', '1', ...idsOf(cases)];
  const env = { https_proxy: await startProxy(texts), NO_PROXY: '' };
  expectNoKeyInLines(KEY, cases, await runCli({ apiKey: KEY, args, env }));
  const inputs = { 'base-url': baseUrl, concurrency: '1', 'model-ids': idsOf(cases).join() };
  const proxied = { https_proxy: await startProxy(texts), NO_PROXY: '' };
  expectNoKeyInLines(KEY, cases, await runAction({ apiKey: KEY, inputs, env: proxied }));
});

test('a model in the list whose id has the key shows it nowhere', async () => {
  const baseUrl = await startApi(KEY);
  const count = encodingsOf(KEY).length;
  const cli = await runCli({ apiKey: KEY, args: ['--base-url', baseUrl, '--all-trained'] });
  expectNoKey(KEY, OTHER_PLACES.list, cli, count);
  const inputs = { 'base-url': baseUrl, 'all-trained': 'true' };
  expectNoKey(KEY, OTHER_PLACES.list, await runAction({ apiKey: KEY, inputs }), count);
  const send = async (...request) => createApi(KEY)(...request);
  const getMany = { apiKey: KEY, send, parameters: { operation: 'getMany' } };
  expectNoKey(KEY, OTHER_PLACES.list, await runN8n(getMany), count);
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

test.each(Object.entries(INPUTS))(
  '%s: an input with the key shows it nowhere',
  async (place, to) => {
    const send = createApi(KEY);
    const transport = async ({ url, body }) => send(new URL(url).pathname, body);
    for (const text of encodingsOf(KEY)) {
      const host = {
        modelId: 'm',
        apiKey: KEY,
        send: async (...request) => send(...request),
        transport,
      };
      expectNoKey(KEY, place, await runLibrary({ ...host, ...to.library(text) }));
      expectNoKey(KEY, place, await runN8n({ ...host, ...to.n8n(text) }));
      if (place !== 'other options') {
        expectNoKey(KEY, place, await runLiveCheck({ ...host, ...to.library(text) }));
      }
    }
    expectNoKey(KEY, place, await runCli({ apiKey: KEY, args: to.cli(KEY) }));
    const inputs = { 'model-ids': 'm', ...to.action(KEY) };
    expectNoKey(KEY, place, await runAction({ apiKey: KEY, inputs }));
  },
);

const COLUMNS = [
  'library error',
  'library outcome',
  'library event',
  'CLI stdout',
  'CLI stderr',
  'CLI --record',
  'Action log',
  'Action outputs',
  'Action summary',
  'n8n item',
  'n8n error',
  'live check',
  'live check record',
];

/** The rows of the table, in their order. */
const PLACES = [...REPLY_PLACES, ...Object.values(OTHER_PLACES), ...Object.keys(INPUTS)];

test('the table of the key', async () => {
  const rows = PLACES.map((place) =>
    [place].concat(
      COLUMNS.map((name) =>
        tried.get(place)?.has(name) ? `never, ${tried.get(place).get(name)}` : '',
      ),
    ),
  );
  const table = markdownTable(['The key in', ...COLUMNS], rows);
  await expect(`${introduction}\n\n${table}\n`).toMatchFileSnapshot(join(root, 'docs/key.md'));
});

const introduction = `# Where the key appears

Never, but in the body of a request. A test lets every place from which the key could come return it, in every encoding,
and looks for it in every output of every host; it also writes this page, so a difference fails the tests.

- **Rows**: the places, in replies, proxies, exceptions and inputs. The replies were tried with two keys: one of plain
  characters, which can also be in the name of a header, and one with characters that each encoding writes differently.
- **Columns**: what the host shows: of the library all that an error, an outcome or an event holds, printed or as JSON; the
  command line's streams and record; the Action's log (before GitHub masks it), outputs and summary; an n8n item and the
  error of a node that stops; the live check's report and record.
- **Cells**: the key appeared \`never\`, in any encoding, and with how many texts that was tried: the key as it is,
  JSON-escaped (once, twice, PHP's way, all as \`\\u\`), URL-encoded (also all bytes, and as a form), HTML-escaped (by name, decimal
  and hexadecimal), base64, base64 in a URL, and base64url. Empty: the place does not lead there.`;
