import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from './index.ts';
import type { ReplyEvent } from './options.ts';
import { ReloadError } from './errors.ts';

const KEY = 'a/b"c+d=e&f<g>é-0123456789';
const base64 = Buffer.from(KEY).toString('base64');
const html = KEY.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);

/** Every place of a reply that ends up in some output, with the key in it. */
const replies: Record<string, { status: number; headers?: Record<string, string>; body: string }> =
  {
    message: { status: 500, body: JSON.stringify({ status: 'error', message: `no: ${KEY}` }) },
    messege: { status: 200, body: JSON.stringify({ status: 'error', messege: KEY }) },
    status: { status: 200, body: JSON.stringify({ status: KEY, message: 'x' }) },
    tips: { status: 200, body: JSON.stringify({ status: 'error', message: 'x', tips: [KEY] }) },
    lists: { status: 200, body: JSON.stringify({ status: 'error', message: { [KEY]: [KEY] } }) },
    echo: {
      status: 400,
      body: JSON.stringify({ status: 'error', message: JSON.stringify({ key: KEY }) }),
    },
    url: {
      status: 400,
      body: JSON.stringify({ status: 'error', message: `?key=${encodeURIComponent(KEY)}` }),
    },
    base64: { status: 400, body: JSON.stringify({ status: 'error', message: `Basic ${base64}` }) },
    html: { status: 400, body: JSON.stringify({ status: 'error', message: `<b>${html}</b>` }) },
    page: { status: 502, body: `<html>${KEY} ${html}</html>` },
    success: { status: 200, body: JSON.stringify({ status: 'success', message: `${KEY} ok` }) },
    redirect: { status: 302, headers: { location: `/?key=${encodeURIComponent(KEY)}` }, body: KEY },
    type: { status: 200, headers: { 'content-type': encodeURIComponent(KEY) }, body: KEY },
  };

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += String(chunk)));
  request.on('end', () => {
    const { model_id: id } = JSON.parse(body);
    const reply = replies[id];
    response.writeHead(reply?.status ?? 404, reply?.headers).end(reply?.body);
  });
});
let baseUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const spellings = [KEY, JSON.stringify(KEY).slice(1, -1), encodeURIComponent(KEY), base64, html];

test.each(Object.keys(replies))('the key in the reply %s is in no output', async (id) => {
  const client = createClient({ apiKey: KEY, baseUrl, maxRetries: 0 });
  const events: ReplyEvent[] = [];
  const result: unknown = await client
    .reload(id, { onReply: (event) => events.push(event) })
    .catch((error: unknown) => error);
  expect(events).toHaveLength(1);
  const outputs = [
    inspect([result, events, client], { showHidden: true, depth: 20 }),
    JSON.stringify([result, events]),
    String(result),
    ...(ReloadError.isInstance(result) ? [result.message, result.stack, String(result.cause)] : []),
  ].join('\n');
  for (const spelling of spellings) expect(outputs).not.toContain(spelling);
  if (['message', 'messege', 'status', 'tips', 'success'].includes(id))
    expect(outputs).toContain('[redacted]');
});
