/**
 * The contract of every transport as one test suite: what it sends, what it returns, and how the core interprets its
 * errors. Run it for a transport with `testTransport`; other packages import this file by its path.
 */
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRedactor } from '../src/redaction/redact.ts';
import { parseTransportError } from '../src/transport/errors.ts';
import type { Transport, TransportRequest } from '../src/transport/types.ts';
import { isFull } from './effort.ts';
import { closedPort, drip, reply, serve, SUCCESS, type FaultServer } from './fault-server.ts';

const KEY = 'test-key-0123456789';
const OK = 'HTTP/1.1 200 OK';
const CHUNKED = `${OK}\r\ntransfer-encoding: chunked\r\n\r\n`;
const HALF = reply(SUCCESS).slice(0, -20);
const MIB = 2 ** 20;
/** For what follows soon, but may take its time on a busy machine. */
const MAX_WAIT_MS = 60_000;
/** The sizes of bodies at the limit, and what becomes of each. */
const SIZES = [MIB, MIB + 1, ...(isFull ? [8 * MIB] : [])];
const CAPPED = [MIB, ...SIZES.slice(1).map(() => 'unexpected_response')];

/** Groups of tests that a transport cannot pass; excluding one requires a comment with the reason. */
export type ContractGroup =
  | 'abort'
  | 'certificate'
  | 'compressed body'
  | 'compressed body without a header'
  | 'size cap'
  | 'two encodings';

interface Options {
  /** Runs before each test, for a transport that needs a host. */
  createTransport: () => Transport | Promise<Transport>;
  except?: readonly ContractGroup[];
}

/** Declares the suite for one transport. */
export function testTransport(name: string, { createTransport, except = [] }: Options): void {
  const servers: { close(): unknown }[] = [];
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown) => unhandled.push(reason);
  let transport: Transport;

  async function open<Server extends { close(): unknown }>(starting: Promise<Server>) {
    const server = await starting;
    servers.push(server);
    return server;
  }
  const request = (url: string): TransportRequest => ({
    method: 'POST',
    url: `${url}/api/v6/images/model_reload`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'x/1',
    },
    body: JSON.stringify({ key: KEY, model_id: 'käse🔑' }),
  });
  const send = (url: string, signal = new AbortController().signal) =>
    transport(request(url), signal);
  /** Sends a request that must fail; returns the core's interpretation and checks that nothing contains the key. */
  const fail = async (url: string, signal?: AbortSignal) => {
    const thrown: unknown = await send(url, signal).then(
      () => new Error('the transport did not throw'),
      (reason: unknown) => reason,
    );
    const failure = parseTransportError(thrown, createRedactor(KEY));
    const shown = inspect(failure, { showHidden: true, depth: 20 });
    expect(
      `${shown} ${String(thrown)} ${thrown instanceof Error ? thrown.stack : ''}`,
    ).not.toContain(KEY);
    return failure;
  };
  const answer = (text: string | Buffer) => open(serve((socket) => socket.write(text)));
  const end = (text: string) => open(serve((socket) => socket.end(text)));
  /** Declares a group of tests unless it is excluded for this transport. */
  const group = (title: ContractGroup, declare: () => void) => {
    // oxlint-disable-next-line vitest/no-conditional-tests, vitest/valid-title, vitest/valid-describe-callback
    // A group is left out only with a reason, so this is a condition of the suite, not within a test.
    // oxlint-disable-next-line vitest/no-conditional-tests, vitest/valid-title, vitest/valid-describe-callback
    if (!except.includes(title)) describe(title, declare);
  };

  describe(`transport contract: ${name}`, () => {
    beforeEach(async () => {
      for (const variable of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
        vi.stubEnv(variable, undefined);
        vi.stubEnv(variable.toUpperCase(), undefined);
      }
      process.on('unhandledRejection', onUnhandled);
      transport = await createTransport();
    });

    afterEach(async () => {
      vi.unstubAllEnvs();
      for (const server of servers.splice(0)) await server.close();
      process.off('unhandledRejection', onUnhandled);
      expect(unhandled.splice(0)).toEqual([]);
    });

    test('The request is sent unchanged.', async () => {
      const seen = await open(record());
      await send(seen.url);
      expect(seen.requests).toMatchObject([
        {
          method: 'POST',
          path: '/api/v6/images/model_reload',
          headers: { accept: 'application/json', 'content-type': 'application/json' },
        },
      ]);
      const [{ headers, body } = { headers: {}, body: '' }] = seen.requests;
      expect(JSON.parse(body)).toEqual({ key: KEY, model_id: 'käse🔑' });
      expect(headers['user-agent']).toBe('x/1');
      expect(JSON.stringify(headers)).not.toContain(KEY);
    });

    test.each([200, 201, 400, 401, 404, 429, 500, 503])(
      'A reply with HTTP %i is returned, not thrown.',
      async (status) => {
        const { url } = await answer(
          reply(SUCCESS, `HTTP/1.1 ${status} X\r\nRetry-After: 7\r\nx-odd: 1`),
        );
        const { headers, ...rest } = await send(url);
        expect(rest).toEqual({ status, text: SUCCESS });
        expect(headers).toMatchObject({ 'retry-after': '7' });
      },
    );

    test('An empty reply has an empty text.', async () => {
      const { url } = await answer(reply('', OK));
      expect(await send(url)).toMatchObject({ status: 200, text: '' });
    });

    test('A character that is split between two packets is decoded.', async () => {
      const body = Buffer.from('{"message":"🔑"}');
      const { url } = await open(
        serve((socket) => {
          socket.write(`${OK}\r\ncontent-length: ${body.length}\r\n\r\n`);
          socket.write(body.subarray(0, 14), () => {
            setTimeout(() => socket.write(body.subarray(14)), 30);
          });
        }),
      );
      expect((await send(url)).text).toBe('{"message":"🔑"}');
    });

    test.each([301, 302, 303, 307, 308])('A redirect (%i) is not followed.', async (status) => {
      const other = await open(record());
      const { url } = await answer(
        reply('', `HTTP/1.1 ${status} Elsewhere\r\nlocation: ${other.url}/x`),
      );
      const { status: returned } = await send(url);
      expect(Math.floor(returned / 100)).toBe(3);
      expect(other.requests).toEqual([]);
    });

    /** Sends a body of each size, and returns its size or the error. */
    const sizesOf = (format: (body: Buffer) => Buffer) =>
      Promise.all(
        SIZES.map(async (size) => {
          const { url } = await answer(format(Buffer.alloc(size, ' ')));
          return send(url).then(
            ({ text }) => text.length,
            (thrown: unknown) => parseTransportError(thrown, String).code,
          );
        }),
      );

    group('size cap', () => {
      test.each<[string, (body: Buffer) => Buffer]>([
        ['with a length', (body) => encode('identity', body)],
        [
          'in chunks',
          (body) =>
            Buffer.concat([
              Buffer.from(`${CHUNKED}${body.length.toString(16)}\r\n`),
              body,
              Buffer.from('\r\n0\r\n\r\n'),
            ]),
        ],
      ])('A body %s may have 1 MiB and no more.', async (_, format) => {
        expect(await sizesOf(format)).toEqual(CAPPED);
      });

      test('A body of 64 MiB is not read to its end.', async () => {
        const server = await open(serve(writeHuge));
        expect(await fail(server.url)).toMatchObject({
          code: 'unexpected_response',
          message: expect.stringContaining('too large'),
        });
        await vi.waitUntil(() => server.used() === 0, MAX_WAIT_MS);
      });

      test('An endless body is not read forever.', async () => {
        const server = await open(
          serve((socket) => {
            socket.write(CHUNKED);
            drip(socket, `10000\r\n${' '.repeat(2 ** 16)}\r\n`);
          }),
        );
        expect(await fail(server.url)).toMatchObject({ code: 'unexpected_response' });
        await vi.waitUntil(() => server.used() === 0, MAX_WAIT_MS);
      });
    });

    group('compressed body', () => {
      test.each<[string, Buffer]>([
        ['gzip', gzipSync(SUCCESS)],
        ['deflate', deflateSync(SUCCESS)],
        ['br', brotliCompressSync(SUCCESS)],
      ])('A body in %s is decoded.', async (encoding, body) => {
        const { url } = await answer(encode(encoding, body));
        expect((await send(url)).text).toBe(SUCCESS);
      });

      test.each<[string, (body: Buffer) => Buffer]>([
        ['gzip', gzipSync],
        ['deflate', deflateSync],
        [
          'br',
          (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
        ],
      ])('The size cap applies to a body that is decoded from %s.', async (encoding, compress) => {
        expect(await sizesOf((body) => encode(encoding, compress(body)))).toEqual(CAPPED);
      });
    });

    group('two encodings', () => {
      test('The size cap applies to a body that is decoded twice.', async () => {
        expect(await sizesOf((body) => encode('gzip, gzip', gzipSync(gzipSync(body))))).toEqual(
          CAPPED,
        );
      });
    });

    group('compressed body without a header', () => {
      test('A gzip body is detected by its first bytes.', async () => {
        const { url } = await answer(encode('identity', gzipSync(SUCCESS)));
        expect((await send(url)).text).toBe(SUCCESS);
      });

      test('The size cap applies to a body that is detected.', async () => {
        expect(await sizesOf((body) => encode('identity', gzipSync(body)))).toEqual(CAPPED);
      });

      test('A body that only begins like gzip is returned unchanged.', async () => {
        const { url } = await answer(encode('identity', gzipSync(SUCCESS).subarray(0, 20)));
        expect((await send(url)).text.charCodeAt(0)).toBe(0x1f);
      });
    });

    group('abort', () => {
      test.each<[string, (socket: Socket) => void]>([
        ['before the reply', () => {}],
        ['within the headers', (socket) => socket.write(`${OK}\r\nx: y`)],
        ['within the body', (socket) => socket.write(HALF)],
        [
          'while the body trickles',
          (socket) => {
            socket.write(CHUNKED);
            drip(socket, '1\r\n \r\n');
          },
        ],
      ])('An abort %s ends the request and its connection.', async (_, misbehave) => {
        const server = await open(serve(misbehave));
        const caller = new AbortController();
        const failing = fail(server.url, caller.signal);
        await vi.waitUntil(() => server.requests() === 1, MAX_WAIT_MS);
        await new Promise((resolve) => setTimeout(resolve, 30));
        caller.abort();
        // Otherwise neither would ever end.
        await failing;
        // Node's own `fetch` opens another one, which stays unused and open for four seconds.
        await vi.waitUntil(() => server.used() === 0, MAX_WAIT_MS);
        expect(server.requests()).toBe(1);
      });

      test('A request with an aborted signal is not sent.', async () => {
        const server = await answer(reply(SUCCESS));
        await fail(server.url, AbortSignal.abort());
        expect(server.requests()).toBe(0);
      });
    });

    describe('A connection', () => {
      test.each<[string, () => Promise<FaultServer>]>([
        ['reset before a reply', () => open(serve((socket) => socket.resetAndDestroy()))],
        ['closed before a reply', () => end('')],
        ['closed in the headers', () => end(`${OK}\r\nx: y`)],
        ['closed in the body', () => end(HALF)],
        ['closed in a chunk', () => end(`${CHUNKED}40\r\n${SUCCESS}`)],
        ['that does not speak HTTP', () => end('SSH-2.0-OpenSSH_9.9\r\n')],
      ])(
        '%s is a network error of a request that may have been sent, and is not retried.',
        async (_, start) => {
          const server = await start();
          expect(await fail(server.url)).toMatchObject({
            code: 'network_error',
            retryable: true,
            maybeSent: true,
          });
          expect(server.requests()).toBe(1);
        },
      );
    });

    test('Bytes that a server sends on an idle connection are not the reply to the next request.', async () => {
      const server = await open(
        serve((socket, nth) => {
          socket.write(reply(`{"nth":${nth}}`));
          setTimeout(() => socket.write(reply('{"late":true}')), 10);
        }),
      );
      for (const nth of [1, 2, 3]) {
        expect((await send(server.url)).text).toBe(`{"nth":${nth}}`);
        // The client closes the connection as soon as it reads them.
        await vi.waitUntil(() => server.used() === 0, MAX_WAIT_MS);
      }
    });

    describe('A connection that fails', () => {
      test('is a network error of a request that was not sent if the port is closed.', async () => {
        const closed = await open(closedPort('127.0.0.1'));
        expect(await fail(closed.url)).toMatchObject({
          code: 'network_error',
          retryable: true,
          maybeSent: false,
        });
      });

      test('is a network error of a request that was not sent if the host name is unknown.', async () => {
        expect(await fail('https://api.invalid')).toMatchObject({
          code: 'network_error',
          retryable: true,
          maybeSent: false,
        });
      });
    });

    group('certificate', () => {
      test.each([
        ['A self-signed certificate', '2100-01-01'],
        ['An expired certificate', '2001-01-01'],
      ])('%s is a final failure, and nothing is sent.', async (_, notAfter) => {
        const server = await open(serveCertified(new Date(notAfter)));
        expect(await fail(server.url)).toMatchObject({
          code: 'network_error',
          retryable: false,
          maybeSent: false,
        });
        expect(server.requests()).toBe(0);
      });
    });
  });
}

interface RecordedRequest {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Starts a server that returns success and records its requests. */
async function record() {
  const requests: RecordedRequest[] = [];
  const server = createHttpServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method, url: path, headers } = incoming;
      requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(200, { 'content-type': 'application/json' }).end(SUCCESS);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {
    requests,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function serveCertified(notAfterDate: Date): Promise<FaultServer> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date('2000-01-01'),
    notAfterDate,
  });
  return serve(() => {}, { scheme: 'https', server: createTlsServer({ key, cert }) });
}

function encode(encoding: string, body: Buffer): Buffer {
  const head = `${OK}\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function writeHuge(socket: Socket): void {
  socket.write(`${OK}\r\ncontent-type: application/json\r\n\r\n`);
  const part = Buffer.alloc(2 ** 16, ' ');
  let left = (64 * MIB) / part.length;
  const fill = () => {
    while (left > 0 && !socket.destroyed) {
      left--;
      if (!socket.write(part)) return;
    }
    socket.end(SUCCESS);
  };
  socket.on('drain', fill);
  fill();
}
