import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@modelslab-reload/emulator';
import { afterEach, expect, test } from 'vitest';
import { isFull } from '../../core/test/effort.ts';
import type { RecordedExchange } from '../src/record/exchanges.ts';
import { run } from './process.ts';

let server: Server | undefined;
afterEach(() => server?.close());

const createPath = () => join(mkdtempSync(join(tmpdir(), 'modelslab-reload-')), 'record.ndjson');

function read(path: string): RecordedExchange[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as RecordedExchange);
}

test('--record has a line for each exchange of a run, the list included, without the key', async () => {
  const emulator = await start({ port: 0, apiKey: 'a-secret-key', models: ['a'], loadTimeMs: 100 });
  const record = createPath();
  const { code } = await run(
    ['--all-trained', 'resets', '--poll-interval', '200ms', '--retries', '0', '--record', record],
    { env: { MODELSLAB_BASE_URL: emulator.url, MODELSLAB_API_KEY: 'a-secret-key' } },
  );
  expect(code).toBe(10);
  const text = readFileSync(record, 'utf8');
  expect(text).not.toContain('a-secret-key');
  const exchanges = read(record);
  const bodies = exchanges.map(({ request }) => JSON.parse(request.body));
  expect(bodies.map(({ key }) => key)).toEqual(exchanges.map(() => '[redacted]'));
  expect(exchanges[0]?.request.url).toBe(`${emulator.url}/api/v3/finetune_list`);
  const failed = exchanges.find(({ reply }) => reply === null);
  expect(failed?.error).toContain('ECONNRESET');
  expect(bodies.filter(({ model_id }) => model_id === 'a')).toHaveLength(2);
  await emulator.close();
});

// ASCII, so that it can be in a header unchanged; 24 bytes, so that its base64 has no padding, which would not be
// redacted.
const KEY = `Secret/Key+0123"'&456789`;
const json = (text: string) => JSON.stringify(text).slice(1, -1);

/** The ways in which a server may echo the key. */
const ECHOES = [
  KEY,
  json(KEY),
  json(json(KEY)),
  encodeURIComponent(KEY),
  new URLSearchParams({ KEY }).toString().slice('KEY='.length),
  KEY.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#039;'),
  Buffer.from(KEY).toString('base64'),
  Buffer.from(KEY).toString('base64url'),
];

/** Starts an API whose list has these ids, and whose replies have the echo of the id's number. */
async function startEcho(ids: string[]): Promise<string> {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { model_id: id } = JSON.parse(Buffer.concat(chunks).toString()) as {
        model_id?: string;
      };
      if (id === undefined) {
        const data = ids.map((one) => ({ model_id: one }));
        response.end(JSON.stringify({ status: 'success', messege: `<${KEY}>`, data }));
        return;
      }
      const echo = `<${ECHOES[Number(id) % ECHOES.length]}>`;
      const name = `x-${Buffer.from(KEY).toString('base64url')}`;
      response.writeHead(200, { 'x-echo': echo, [name]: 'a' });
      response.end(JSON.stringify({ status: 'success', message: `${id} ${echo}`, [echo]: 1 }));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function recordOf(ids: string[]): Promise<RecordedExchange[]> {
  const path = createPath();
  const args = ['--all-trained', '--concurrency', '20', '--retries', '0', '--record', path];
  await run(args, { env: { MODELSLAB_BASE_URL: await startEcho(ids), MODELSLAB_API_KEY: KEY } });
  return read(path);
}

test('a long record has [redacted] for each echo of the key and is otherwise unchanged', async () => {
  const ids = Array.from({ length: (isFull ? 25 : 5) * ECHOES.length }, (_, at) => String(at));
  const [list, ...reloads] = await recordOf(ids);
  expect(list).toMatchObject({
    request: { body: '{"key":"[redacted]"}' },
    reply: {
      text: JSON.stringify({
        status: 'success',
        messege: '<[redacted]>',
        data: ids.map((id) => ({ model_id: id })),
      }),
    },
  });
  const recorded = reloads
    .map(({ request, reply }) => ({
      id: Number(JSON.parse(request.body).model_id),
      body: request.body,
      echo: reply?.headers['x-echo'],
      named: reply?.headers['x-[redacted]'],
      text: reply?.text,
    }))
    .toSorted((one, other) => one.id - other.id);
  expect(recorded).toEqual(
    ids.map((id) => ({
      id: Number(id),
      body: `{"key":"[redacted]","model_id":"${id}"}`,
      echo: '<[redacted]>',
      named: 'a',
      text: `{"status":"success","message":"${id} <[redacted]>","<[redacted]>":1}`,
    })),
  );
});

test('a list of ids that contain the key is recorded with [redacted] instead', async () => {
  const exchanges = await recordOf(ECHOES.map((echo, at) => `${at} <${echo}>`));
  expect(exchanges.map(({ reply }) => JSON.parse(reply?.text ?? ''))).toEqual([
    {
      status: 'success',
      messege: '<[redacted]>',
      data: ECHOES.map((_, at) => ({ model_id: `${at} <[redacted]>` })),
    },
  ]);
});
