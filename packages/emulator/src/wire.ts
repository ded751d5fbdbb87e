import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './exchange.ts';

/** Sends a reply over a socket, or plays a fault there; settles when nothing more will be sent. */
export function deliver(
  answer: Answer,
  response: ServerResponse,
  signal: AbortSignal,
): void | Promise<void> {
  if (answer instanceof Error) return reset(response);
  switch (answer) {
    case 'reset':
      return reset(response);
    case 'truncated':
      return truncated(response);
    case 'huge':
      return huge(response);
    case 'hangs':
      return untilAborted(signal);
    case 'drips':
      return drips(response, signal);
    default:
      response.statusCode = answer.status;
      for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
      response.end(answer.text);
  }
}

const jsonHeaders = { 'content-type': 'application/json' };

function reset(response: ServerResponse): void {
  response.req.socket.resetAndDestroy();
}

function truncated(response: ServerResponse): void {
  const part = '{"status":"success","message":"Model rel';
  response.writeHead(200, { ...jsonHeaders, 'content-length': part.length + 100 });
  response.write(part);
  // Ends it with a FIN once what was written is out.
  response.req.socket.destroySoon();
}

const mebibyte = 2 ** 20;

/** Without a content-length: whoever limits what he reads has to count. */
async function huge(response: ServerResponse): Promise<void> {
  response.writeHead(200, jsonHeaders);
  await pipeline(Readable.from(hugeBody()), response);
}

function* hugeBody(): Generator<string> {
  const start = '{"status":"success","message":"';
  const end = '"}';
  const chunk = 'a'.repeat(mebibyte);
  yield start;
  for (let sent = 1; sent < 64; sent++) yield chunk;
  yield chunk.slice(start.length + end.length);
  yield end;
}

async function drips(response: ServerResponse, signal: AbortSignal): Promise<void> {
  response.writeHead(200, jsonHeaders);
  response.flushHeaders();
  // A blank is good JSON so far, for ever. Real time: a virtual clock moves no sockets.
  const dripping = setInterval(() => response.write(' '), 100);
  await untilAborted(signal);
  clearInterval(dripping);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
