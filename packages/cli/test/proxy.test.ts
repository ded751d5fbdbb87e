import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { start } from '@modelslab-reload/emulator';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { cli } from './cli.ts';

const asked: string[] = [];

/** A proxy that opens tunnels on this machine and refuses all others. */
const proxy = createServer().on('connect', ({ url = '' }, socket: Socket) => {
  asked.push(url);
  const [host, port] = url.split(':');
  if (host !== '127.0.0.1') {
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    return;
  }
  const behind = connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.pipe(behind).pipe(socket);
  });
  for (const end of [socket, behind]) end.on('error', () => {});
});
proxy.listen(0, '127.0.0.1');
await once(proxy, 'listening');
const address = proxy.address();
const proxyUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;

const emulator = await start({ port: 0, loaded: ['loaded'] });

beforeEach(() => void asked.splice(0));
afterAll(async () => {
  await emulator.close();
  proxy.close();
});

test.each([
  ['through a proxy', emulator.url, '', 0, [emulator.url.slice('http://'.length)]],
  ['past it, where NO_PROXY says so', emulator.url, '127.0.0.1', 0, []],
  ['a proxy that refuses the tunnel', 'https://api.example', '', 10, ['api.example:443']],
])('%s', async (_name, baseUrl, exempt, exitCode, tunnels) => {
  const { code, stdout } = await cli(['loaded', '--base-url', baseUrl], {
    env: { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl, NO_PROXY: exempt },
  });
  expect(asked).toEqual(tunnels);
  expect(code).toBe(exitCode);
  expect(stdout).toMatch(exitCode === 0 ? /^✓ / : /the proxy|Proxy response \(403\)/);
});
