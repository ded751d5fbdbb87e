import { once } from 'node:events';
import { request } from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTunnelAgent } from './tunnel-agent.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Starts a silent proxy, and resolves with its first connection. */
async function startSilentProxy() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connected = once(server, 'connection').then(([socket]: Socket[]) => socket);
  return { server, port, connected };
}

test('A tunnel that is not open after 10 s fails, and its connection is closed', async () => {
  const { server, port, connected } = await startSilentProxy();
  const agent = createTunnelAgent(new URL(`http://127.0.0.1:${port}`), {});
  const failed = once(request({ host: 'api.example', agent }).end(), 'error');
  const socket = await connected;
  expect(String(await once(socket ?? expect.fail(), 'data'))).toMatch(/^CONNECT api\.example:443 /);
  vi.advanceTimersByTime(9_999);
  expect(socket?.destroyed).toBe(false);
  const closed = once(socket ?? expect.fail(), 'close');
  vi.advanceTimersByTime(1);
  expect((await failed)[0]).toMatchObject({
    code: 'UND_ERR_CONNECT_TIMEOUT',
    message: 'no tunnel within 10s',
  });
  await closed;
  server.close();
});

test('The connection to a proxy that refuses is closed, and nothing waits for it', async () => {
  const { server, port, connected } = await startSilentProxy();
  const agent = createTunnelAgent(new URL(`http://127.0.0.1:${port}`), {});
  const failed = once(request({ host: 'api.example', agent }).end(), 'error');
  const socket = (await connected) ?? expect.fail();
  socket.once('data', () => socket.write('HTTP/1.1 403 Forbidden\r\n\r\n'));
  await once(socket, 'close');
  expect((await failed)[0]).toMatchObject({ code: 'UND_ERR_ABORTED' });
  expect(vi.getTimerCount()).toBe(0);
  server.close();
});

test('An IPv6 address of the API is in brackets', async () => {
  const { server, port, connected } = await startSilentProxy();
  const agent = createTunnelAgent(new URL(`http://127.0.0.1:${port}`), {});
  request({ host: '2001:db8::1', port: 8443, agent })
    .on('error', () => {})
    .end();
  const socket = (await connected) ?? expect.fail();
  expect(String(await once(socket, 'data'))).toMatch(/^CONNECT \[2001:db8::1\]:8443 /);
  socket.destroy();
  server.close();
});
