import { start } from '@modelslab-reload/emulator';
import { connect, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runEmulated } from './emulated.ts';
import { openNetwork, reloadAt, type Network } from './network.ts';

let network: Network;

beforeAll(async () => {
  network = await openNetwork();
});

afterAll(() => network.close());

describe.concurrent('a network fault', () => {
  // The two that take 10 s come first, so that the others run in parallel.
  test('a connection that is not established within 10 s', { timeout: 20_000 }, async () => {
    // It accepts the connection, but does not respond to TLS.
    const port = await network.listen(createServer());
    const { outcome } = await reloadAt(
      `https://127.0.0.1:${port}`,
      {},
      {
        'request-timeout': '15s',
      },
    );
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toContain('UND_ERR_CONNECT_TIMEOUT');
    expect(outcome.elapsedMs).toBeGreaterThanOrEqual(9900);
  });

  test('silence after the request is sent may last longer than connecting', async () => {
    const { outcomes } = await runEmulated(
      { inputs: { 'model-ids': 'a' } },
      { success: 'blocking', loadTimeMs: 10_500 },
    );
    expect(outcomes['a']).toMatchObject({ status: 'success', requests: 1 });
  });

  test.each([
    ['resets', 'network_error', /ECONNRESET/],
    ['truncated', 'network_error', /ECONNRESET/],
    ['huge', 'unexpected_response', /too large/],
    ['hangs', 'request_timeout', /No complete reply within 1\.0s/],
    ['drips', 'request_timeout', /No complete reply within 1\.0s/],
    ['redirects', 'unexpected_response', /redirect, which is not followed/],
  ])('%s: %s', async (modelId, code, message) => {
    const result = await runEmulated({
      inputs: { 'model-ids': modelId, 'request-timeout': '1s' },
    });
    expect(result.outcomes[modelId]).toMatchObject({ requests: 1, error: { code } });
    expect(result.outcomes[modelId]?.error?.message).toMatch(message);
    expect(result.requests).toHaveLength(1);
  });

  test('an unknown host', async () => {
    const { outcome } = await reloadAt('https://no-such-host.invalid');
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  test('a closed port', async () => {
    const server = createServer();
    const port = await network.listen(server);
    server.close();
    const { outcome } = await reloadAt(`http://127.0.0.1:${port}`);
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toContain('ECONNREFUSED');
  });

  test('no HTTP', async () => {
    const port = await network.listen(createServer((socket) => socket.end('what?\r\n\r\n')));
    const { outcome } = await reloadAt(`http://127.0.0.1:${port}`);
    expect(outcome.error).toMatchObject({ code: 'network_error' });
    expect(outcome.error?.message).toContain('HPE_');
  });

  test('connections are reused', async () => {
    const emulator = await start({ port: 0, loaded: ['a', 'b', 'c', 'd'] });
    let connections = 0;
    const port = await network.listen(
      createServer((socket) => {
        connections++;
        const onward = connect(Number(new URL(emulator.url).port), '127.0.0.1');
        socket
          .pipe(onward)
          .on('error', () => {})
          .pipe(socket);
      }),
    );
    const result = await runEmulated({
      inputs: {
        'base-url': `http://127.0.0.1:${port}`,
        'model-ids': 'a,b,c,d',
        concurrency: '1',
      },
    });
    expect(result.outputs['succeeded']).toBe('4');
    expect(connections).toBe(1);
    await emulator.close();
  });
});

describe.concurrent('over TLS', () => {
  test('a trusted certificate succeeds', async () => {
    const api = await network.startApi();
    const { outcome } = await reloadAt(api.url, network.trusted);
    expect(outcome).toMatchObject({ status: 'success', message: 'Model reloaded' });
  });

  test('a self-signed certificate is a final failure', async () => {
    const api = await network.startApi();
    const { outcome } = await reloadAt(api.url);
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(outcome.error?.hint).toContain('NODE_EXTRA_CA_CERTS');
  });

  test('plain HTTP instead of TLS', async () => {
    const port = await network.listen(
      createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    const { outcome } = await reloadAt(`https://127.0.0.1:${port}`);
    expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    expect(outcome.error?.message).toMatch(/ERR_SSL_|EPROTO/);
  });
});

describe.concurrent('a body', () => {
  // A busy machine takes its time for 50 MB.
  const SLOW = { 'request-timeout': '20s' };

  /** Starts a server that sends `head`, and then the parts of a body 20 ms apart. */
  async function serve(head: string, parts: readonly Buffer[]): Promise<string> {
    const length = parts.reduce((bytes, part) => bytes + part.length, 0);
    const port = await network.listen(
      createServer((socket) => {
        socket.once('data', () => {
          socket.write(`HTTP/1.1 200 OK\r\n${head}content-length: ${length}\r\n\r\n`);
          for (const [at, part] of parts.entries()) {
            setTimeout(() => socket.write(part), 20 * (at + 1));
          }
        });
      }),
    );
    return `http://127.0.0.1:${port}`;
  }

  test('whose characters are split between chunks is decoded correctly', async () => {
    const body = Buffer.from('{"status":"success","message":"模型 reloaded"}');
    const url = await serve('', [body.subarray(0, 32), body.subarray(32)]);
    const { outcome } = await reloadAt(url, {}, SLOW);
    expect(outcome.message).toBe('模型 reloaded');
  });

  test('is decompressed although the request did not allow compression', async () => {
    const body = gzipSync('{"status":"success","message":"Model reloaded"}');
    const url = await serve('content-encoding: gzip\r\n', [body]);
    const { outcome } = await reloadAt(url, {}, SLOW);
    expect(outcome).toMatchObject({ status: 'success', message: 'Model reloaded' });
  });

  test('that decompresses to more than 1 MiB is rejected', async () => {
    const url = await serve('content-encoding: gzip\r\n', [gzipSync(Buffer.alloc(50_000_000))]);
    const { outcome } = await reloadAt(url, {}, SLOW);
    expect(outcome.error).toMatchObject({ code: 'unexpected_response' });
    expect(outcome.error?.message).toContain('too large');
  });
});

describe.concurrent('a connection', () => {
  test('is closed when its request times out', async () => {
    const times = { open: 0, closed: 0 };
    const port = await network.listen(
      createServer((socket) => {
        if (times.open > 0) return;
        times.open = performance.now();
        // It detects a close only while it reads.
        socket.resume().on('close', () => (times.closed = performance.now()));
      }),
    );
    const { outcome } = await reloadAt(
      `http://127.0.0.1:${port}`,
      {},
      {
        'request-timeout': '400ms',
        'poll-interval': '2s',
        retries: '1',
      },
    );
    expect(outcome).toMatchObject({ requests: 2, error: { code: 'request_timeout' } });
    // The end of the process closes the others.
    expect(times.closed).toBeGreaterThan(0);
    expect(times.closed - times.open).toBeLessThan(1300);
  });

  test('that is idle is closed after 10 s', { timeout: 30_000 }, async () => {
    const times: number[] = [];
    const port = await network.listen(
      createServer((socket) => {
        socket.on('close', () => times.push(performance.now()));
        socket.on('data', () => {
          times.push(performance.now());
          const body = '{"status":"processing"}';
          socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
        });
      }),
    );
    await reloadAt(`http://127.0.0.1:${port}`, {}, { 'poll-interval': '60s', timeout: '13s' });
    const [sent = 0, closed = 0] = times;
    expect(closed - sent).toBeGreaterThan(9000);
    expect(closed - sent).toBeLessThan(12_500);
  });
});
