import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { start } from '@modelslab-reload/emulator';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isFull } from '../../core/test/effort.ts';
import { cli } from './cli.ts';
import { run } from './process.ts';

/** The requests that the proxy received. */
const requested: string[] = [];

/** A proxy that rejects all tunnels. */
const proxy = createServer((request, response) => {
  requested.push(request.url ?? '');
  response.writeHead(502).end();
}).on('connect', ({ url = '' }, socket: Socket) => {
  requested.push(url);
  socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
});
proxy.listen(0, '127.0.0.1');
await once(proxy, 'listening');
const address = proxy.address();
const proxyUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;

const emulator = await start({ port: 0, loaded: ['loaded'] });

beforeEach(() => void requested.splice(0));
afterEach(() => void vi.unstubAllEnvs());
afterAll(async () => {
  await emulator.close();
  proxy.close();
});

test.each([
  ['a base URL on this machine is never sent through a proxy', emulator.url, '', 0, []],
  ['another base URL is', 'https://api.example', '', 10, ['api.example:443']],
  ['unless NO_PROXY names its host', 'https://localhost.invalid', 'localhost.invalid', 10, []],
])('%s', async (_name, baseUrl, exempt, exitCode, tunnels) => {
  const env = { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl, NO_PROXY: exempt };
  // The transport reads the variables of its process.
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const runs = isFull ? cli : run;
  const { code, stdout } = await runs(['loaded', '--base-url', baseUrl, '--retries', '0'], { env });
  expect(requested).toEqual(tunnels);
  expect(code).toBe(exitCode);
  expect(stdout).toMatch(exitCode === 0 ? /^✓ / : /^✗ /);
});
