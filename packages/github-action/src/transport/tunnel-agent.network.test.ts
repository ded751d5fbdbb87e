import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type AgentOptions } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API_HOST, openNetwork, type Network } from '../../test/network.ts';
import { createTunnelAgent } from './tunnel-agent.ts';

const OPEN = 'HTTP/1.1 200 Connection established\r\n\r\n';

let network: Network;

beforeAll(async () => {
  network = await openNetwork();
});

afterAll(() => network.close());

/** Returns a function that sends a request through the proxy, and resolves with the status. */
function createSender(proxyUrl: string, options: AgentOptions = {}) {
  const agent = createTunnelAgent(new URL(proxyUrl), options);
  const ca = readFileSync(network.trusted['NODE_EXTRA_CA_CERTS'] ?? expect.fail());
  return async () => {
    const [reply] = await once(request({ host: API_HOST, ca, agent }).end(), 'response');
    await once(reply.resume(), 'end');
    return reply.statusCode;
  };
}

/** Sends a request through a proxy that handles its connections by `onConnection`. */
async function sendThrough(onConnection: (socket: Socket) => void) {
  const port = await network.listen(createServer(onConnection));
  return await createSender(`http://127.0.0.1:${port}`)();
}

describe('An open tunnel', () => {
  test.each(['200 Connection established', '200', '299 Fine'])(
    'carries a request after HTTP %s',
    async (status) => {
      const { port: apiPort } = await network.startApi();
      const proxy = await network.startProxy(`HTTP/1.1 ${status}\r\n\r\n`, apiPort);
      expect(await createSender(`http://127.0.0.1:${proxy.port}`)()).toBe(200);
    },
  );

  test("is requested with the proxy's user, which only the proxy receives", async () => {
    const { port: apiPort } = await network.startApi();
    const proxy = await network.startProxy(OPEN, apiPort);
    await createSender(`http://user:pass@127.0.0.1:${proxy.port}`)();
    expect(proxy.heads[0]?.split('\r\n')).toEqual([
      `CONNECT ${API_HOST}:443 HTTP/1.1`,
      `host: ${API_HOST}:443`,
      `proxy-authorization: Basic ${Buffer.from('user:pass').toString('base64')}`,
      'Connection: close',
      '',
      '',
    ]);
  });

  test.each([{}, { keepAlive: true }])(
    'is opened with the name of the server, with the options %j',
    async (options) => {
      const { port: apiPort, serverNames } = await network.startApi();
      const proxy = await network.startProxy(OPEN, apiPort);
      await createSender(`http://127.0.0.1:${proxy.port}`, options)();
      expect(serverNames).toEqual([API_HOST]);
    },
  );

  test('is used for the next request if the agent keeps connections', async () => {
    const { port: apiPort } = await network.startApi();
    const proxy = await network.startProxy(OPEN, apiPort);
    const send = createSender(`http://127.0.0.1:${proxy.port}`, { keepAlive: true });
    await send();
    await send();
    expect(proxy.heads).toHaveLength(1);
    expect(proxy.heads[0]).not.toContain('proxy-authorization');
  });
});

describe('A tunnel that does not open', () => {
  test.each([
    ['HTTP/1.1 403 Forbidden', 'the proxy refused the tunnel with HTTP 403 Forbidden'],
    ['HTTP/1.1 199 Nearly', 'the proxy refused the tunnel with HTTP 199 Nearly'],
    ['HTTP/1.1 300 Choose', 'the proxy refused the tunnel with HTTP 300 Choose'],
    ['HTTP/1.1 200 OK\r\n\r\nx', 'the proxy sent more than its answer to CONNECT'],
  ])('fails with a code that is not retried, after %j', async (answer, message) => {
    const sending = sendThrough((socket) => {
      socket.once('data', () => socket.write(`${answer}\r\n\r\n`));
    });
    await expect(sending).rejects.toMatchObject({ code: 'UND_ERR_ABORTED', message });
  });

  test.each([
    ['silence', '', 'ECONNRESET socket hang up'],
    ['another protocol', 'SSH-2.0-x\r\n\r\n', 'HPE_'],
  ])(
    'fails with a code that means that nothing was sent, after %s',
    async (_what, answer, reason) => {
      const sending = sendThrough((socket) => {
        socket.once('data', () => socket.end(answer));
      });
      await expect(sending).rejects.toMatchObject({
        code: 'EPROTO',
        message: expect.stringContaining(`no tunnel through the proxy: ${reason}`),
      });
    },
  );

  test('keeps a code that already means that nothing was sent', async () => {
    const server = createServer();
    const port = await network.listen(server);
    server.close();
    await expect(createSender(`http://127.0.0.1:${port}`)()).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

test('A proxy with https: in its URL is reached over TLS', async () => {
  const server = createServer();
  const port = await network.listen(server);
  const first = once(server, 'connection').then(async ([socket]: Socket[]) => {
    const [data] = await once(socket ?? expect.fail(), 'data');
    socket?.destroy();
    return data[0];
  });
  await expect(createSender(`https://127.0.0.1:${port}`)()).rejects.toMatchObject({
    code: 'EPROTO',
  });
  // The record type of a TLS handshake.
  expect(await first).toBe(0x16);
});
