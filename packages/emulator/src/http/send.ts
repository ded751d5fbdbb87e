import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import type { Answer } from './types.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
const HUGE_BODY_MIB = 64;
const DRIP_INTERVAL_MS = 100;

/** Sends a reply over a socket, or causes a fault there. Settles when nothing more will be sent. */
export function send(
  answer: Answer,
  response: ServerResponse,
  signal: AbortSignal,
): void | Promise<unknown> {
  if (answer instanceof Error) return reset(response);
  switch (answer) {
    case 'reset':
      return reset(response);
    case 'truncated':
      return sendTruncated(response);
    case 'huge':
      return sendHuge(response);
    case 'hangs':
      return once(signal, 'abort');
    case 'drips':
      return drip(response, signal);
    default:
      response.statusCode = answer.status;
      for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
      response.end(
        answer.headers['content-encoding'] === 'gzip' ? gzipSync(answer.text) : answer.text,
      );
  }
}

function reset(response: ServerResponse): void {
  response.req.socket.resetAndDestroy();
}

function sendTruncated(response: ServerResponse): void {
  const part = '{"status":"success","message":"Model rel';
  response.writeHead(200, { ...JSON_HEADERS, 'content-length': part.length + 100 });
  response.write(part);
  // Sends a FIN once the part is sent.
  response.req.socket.destroySoon();
}

/** Without a content-length, so that a client with a limit must count the bytes that it reads. */
async function sendHuge(response: ServerResponse): Promise<void> {
  const [start, end] = ['{"status":"success","message":"', '"}'];
  const mebibyte = 'a'.repeat(2 ** 20);
  const most = Array<string>(HUGE_BODY_MIB - 1).fill(mebibyte);
  const rest = mebibyte.slice(start.length + end.length);
  response.writeHead(200, JSON_HEADERS);
  await pipeline([start, ...most, rest, end], response);
}

async function drip(response: ServerResponse, signal: AbortSignal): Promise<void> {
  response.writeHead(200, JSON_HEADERS);
  response.flushHeaders();
  // Spaces before a JSON text are valid. Uses real time, because a virtual clock does not affect sockets.
  const dripping = setInterval(() => response.write(' '), DRIP_INTERVAL_MS);
  await once(signal, 'abort');
  clearInterval(dripping);
}
