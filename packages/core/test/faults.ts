import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import type { ErrorCode } from '../src/index.ts';
import {
  closedPort,
  drip,
  PROCESSING,
  reply,
  serve,
  startHealthy,
  SUCCESS,
  type FaultServer,
} from './fault-server.ts';

/** The expected result of a call with a fault. */
interface Result {
  code: ErrorCode | null;
  /** Number of requests that the client tried to send. */
  tries: number;
  /** Number of requests that may have reached the server, as the client counts them. */
  requests: number;
  /** State of the connection to the faulty host after the call. */
  connection: 'kept' | 'closed';
  /** Whether the server can be repaired, or only another client with another server works afterwards. */
  next: 'same client' | 'another client';
  /** Whether the fault is in a proxy between the client and the server. */
  isProxy: boolean;
}

/** One fault between the client and the API. */
export interface Fault extends Result {
  fault: string;
  start: () => Promise<FaultServer>;
}

const patient = { next: 'same client', isProxy: false } as const;
const fine: Result = {
  code: null,
  tries: 1,
  requests: 1,
  connection: 'kept',
  ...patient,
};
/** Retried after the poll interval, because it may have reached the server. */
const broken: Result = {
  ...fine,
  code: 'network_error',
  tries: 2,
  requests: 2,
  connection: 'closed',
};
/** Retried after a backoff, because nothing was sent. */
const unsent: Result = { ...broken, tries: 6, requests: 0 };
/** Not retried. */
const refused: Result = { ...unsent, tries: 1 };
const foreign: Result = { ...fine, code: 'unexpected_response' };
const timedOut: Result = {
  ...broken,
  code: 'request_timeout',
};

const OK = 'HTTP/1.1 200 OK';
const HALF = reply(SUCCESS).slice(0, -20);
const CHUNKED = `${OK}\r\ntransfer-encoding: chunked\r\n\r\n`;
const EARLY_HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
const MIB_64 = 64 * 2 ** 20;
/** Weakly compressed, which is quick. */
const compressedMib64 = () => gzipSync(Buffer.alloc(MIB_64, ' '), { level: 1 });

/** Every fault, grouped by its result. */
export const faults: readonly Fault[] = [
  ...listFaults(unsent, {
    'a closed port (connection refused)': () => closedPort('127.0.0.1'),
    'a closed port at every address of the host name': () => closedPort('localhost'),
  }),
  ...listFaults(
    { ...unsent, next: 'another client' },
    {
      'an unknown host name (DNS)': unknownHost,
      'plain HTTP where TLS is expected': plainForTls,
    },
  ),
  ...listFaults(
    { ...unsent, isProxy: true },
    {
      'a proxy with a closed port': () => closedPort('127.0.0.1'),
      'a proxy that closes before its reply': ends(''),
      'a proxy that closes in the middle of its reply': ends(`${OK}\r\nx: y`),
      'a proxy that resets': () => serve((socket) => socket.resetAndDestroy()),
      'a proxy that does not speak HTTP': ends('SSH-2.0-OpenSSH_9.9\r\n'),
      'a proxy that returns 100': writes('HTTP/1.1 100 Continue\r\n\r\n'),
      'a proxy that returns 101': writes(
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      ),
      'a proxy that replies instead of the server': writes(reply(SUCCESS)),
    },
  ),
  ...listFaults(
    { ...refused, isProxy: true },
    {
      'a proxy that rejects the request (403)': ends(reply('', 'HTTP/1.1 403 Forbidden')),
      'a proxy that cannot reach the server (502)': ends(reply('', 'HTTP/1.1 502 Bad Gateway')),
      'a proxy that redirects (302)': ends(
        reply('', 'HTTP/1.1 302 Found\r\nlocation: http://x.invalid/'),
      ),
      'a proxy that requires a password (407)': writes(
        reply('', 'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic'),
      ),
    },
  ),
  ...listFaults(
    { ...refused, next: 'another client' },
    {
      'a self-signed certificate': () => certified({ notAfterDate: new Date('2100-01-01') }),
      'an expired certificate': () => certified({ notAfterDate: new Date('2001-01-01') }),
    },
  ),
  ...listFaults(broken, {
    'reset before a reply': () => serve((socket) => socket.resetAndDestroy()),
    'reset in the middle of the body': () =>
      serve((socket) => socket.write(HALF, () => setTimeout(() => socket.resetAndDestroy(), 20))),
    'closed before a reply (early FIN)': ends(''),
    'closed in the middle of the headers': ends(`${OK}\r\nx: y`),
    'closed before the body has its content-length': ends(HALF),
    'closed in the middle of a chunk': ends(`${CHUNKED}40\r\n${SUCCESS}`),
    'a chunk whose size is not a number': writes(`${CHUNKED}zz\r\n${SUCCESS}`),
    'a reply that is not HTTP': ends('SSH-2.0-OpenSSH_9.9\r\n'),
    'an unsolicited 100 Continue': writes(`HTTP/1.1 100 Continue\r\n\r\n${reply(SUCCESS)}`),
    '101 Switching Protocols': writes(
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    ),
  }),
  ...listFaults(
    { ...broken, next: 'another client' },
    {
      'TLS where plain HTTP is expected': () => serve(silent, { server: createTlsServer() }),
    },
  ),
  ...listFaults(timedOut, {
    silence: () => serve(silent),
    'headers that trickle endlessly': drips(`${OK}\r\nx: `, 'y'),
    'a body that stalls': writes(HALF),
    'a body that trickles endlessly': drips(CHUNKED, '1\r\n \r\n'),
    'endless 103 replies': drips('', EARLY_HINTS),
  }),
  ...listFaults(
    { ...timedOut, next: 'another client' },
    {
      'a TLS handshake that never ends': () => serve(silent, { scheme: 'https' }),
    },
  ),
  ...listFaults(
    { ...timedOut, isProxy: true },
    {
      'a proxy that is silent': () => serve(silent),
    },
  ),
  ...listFaults(
    { ...foreign, connection: 'closed' },
    {
      'a content-length that is shorter than the body': writes(reply(SUCCESS, OK, 9)),
      'a header of 32 KB': writes(reply(SUCCESS, `${OK}\r\nx: ${'y'.repeat(32_768)}`)),
      'a body of 64 MiB': () => serve(huge),
    },
  ),
  ...listFaults(foreign, {
    'a compressed body that decodes to 64 MiB': () => writes(encoded('gzip', compressedMib64()))(),
    'no content (204)': writes('HTTP/1.1 204 No Content\r\n\r\n'),
    ...Object.fromEntries(
      [302, 307, 308].flatMap((status) => [
        [`a redirect (${status}) to the same host`, () => redirect(status, '')],
        [`a redirect (${status}) to another host`, () => redirectToOther(status)],
      ]),
    ),
  }),
  ...listFaults(
    { ...fine, connection: 'closed' },
    {
      'an unsolicited second reply': writes(reply(SUCCESS) + reply(PROCESSING)),
      'a body that ends with the connection (HTTP/1.0)': ends(`HTTP/1.0 200 OK\r\n\r\n${SUCCESS}`),
    },
  ),
  ...listFaults(fine, {
    'a body in gzip that was not requested': writes(encoded('gzip', gzipSync(SUCCESS))),
    'a body in gzip without a matching header': writes(encoded('identity', gzipSync(SUCCESS))),
    'a body in Brotli': writes(encoded('br', brotliCompressSync(SUCCESS))),
    'a body in deflate': writes(encoded('deflate', deflateSync(SUCCESS))),
    'a body in raw deflate': writes(encoded('deflate', deflateRawSync(SUCCESS))),
    'a plain body with the content-encoding gzip': writes(
      reply(SUCCESS, `${OK}\r\ncontent-encoding: gzip`),
    ),
    '102 and 103 before the reply': writes(
      `HTTP/1.1 102 Processing\r\n\r\n${EARLY_HINTS}${reply(SUCCESS)}`,
    ),
    'IPv6 loopback': () => startHealthy({ host: '::1' }),
  }),
  ...listFaults(
    { ...fine, tries: 2, requests: 2 },
    {
      'a kept connection that is closed between two requests': () =>
        serve((socket, nth) => {
          if (nth === 1) socket.end(reply(PROCESSING));
          else socket.write(reply(SUCCESS));
        }),
    },
  ),
  ...listFaults(
    { ...fine, tries: 3, requests: 3 },
    {
      'a kept connection that is closed when the next request arrives': () =>
        serve((socket, nth) => {
          if (nth === 2) socket.destroy();
          else socket.write(reply(nth === 1 ? PROCESSING : SUCCESS));
        }),
    },
  ),
];

function listFaults(result: Result, starts: Record<string, Fault['start']>): Fault[] {
  return Object.entries(starts).map(([fault, start]) => Object.assign({ fault, start }, result));
}

function writes(text: string | Buffer): Fault['start'] {
  return () => serve((socket) => socket.write(text));
}

function ends(text: string): Fault['start'] {
  return () => serve((socket) => socket.end(text));
}

function drips(first: string, repeated: string): Fault['start'] {
  return () =>
    serve((socket) => {
      socket.write(first);
      drip(socket, repeated);
    });
}

function silent(): void {}

async function unknownHost(): Promise<FaultServer> {
  return { ...(await closedPort('127.0.0.1')), url: 'https://api.invalid' };
}

function plainForTls(): Promise<FaultServer> {
  const server = createServer((socket) =>
    socket.once('data', () => socket.end(reply('', 'HTTP/1.1 400 Bad Request'))),
  );
  return serve(silent, { scheme: 'https', server });
}

async function certified(validity: { notAfterDate: Date }): Promise<FaultServer> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date('2000-01-01'),
    ...validity,
  });
  return serve(silent, { scheme: 'https', server: createTlsServer({ key, cert }) });
}

function huge(socket: Socket): void {
  socket.write(`${OK}\r\ncontent-type: application/json\r\n\r\n`);
  const part = Buffer.alloc(2 ** 16, ' ');
  let left = MIB_64 / part.length;
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

function encoded(encoding: string, body: Buffer): Buffer {
  const head = `${OK}\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function redirect(status: number, host: string): Promise<FaultServer> {
  return serve((socket) => {
    const location = `location: ${host}/api/v6/images/model_reload`;
    socket.write(reply('', `HTTP/1.1 ${status} Elsewhere\r\n${location}`));
  });
}

/** Starts a redirect to another host; counts the requests of both. */
async function redirectToOther(status: number): Promise<FaultServer> {
  const other = await startHealthy();
  const server = await redirect(status, other.url);
  return {
    ...server,
    requests: () => server.requests() + other.requests(),
    close: () => Promise.all([server.close(), other.close()]),
  };
}
