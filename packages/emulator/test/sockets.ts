import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { formatReply, KEY, RELOAD_PATH } from './requests.ts';

export function createReloadBody(modelId: string): string {
  return JSON.stringify({ key: KEY, model_id: modelId });
}

/** Sends a request and returns the reply as soon as its headers arrive. */
export function post(
  url: string,
  body: string,
  { path = RELOAD_PATH, signal }: { path?: string; signal?: AbortSignal } = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent: false, ...(signal && { signal }) };
    httpRequest(url + path, options, resolve)
      .on('error', reject)
      .end(body);
  });
}

/** Sends a request and returns the reply as a line. */
export async function postAndFormat(url: string, body: string, path?: string): Promise<string> {
  const reply = await post(url, body, path === undefined ? {} : { path });
  return formatReply({ status: reply.statusCode ?? 0, text: await readText(reply) });
}

export async function readText(message: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Connects and sends a string unchanged. */
export function sendRaw(url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(text);
      resolve(socket);
    }).on('error', reject);
  });
}

export function createRawRequest(body: string): string {
  return `POST ${RELOAD_PATH} HTTP/1.1\r\nhost: a\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

export async function waitUntil(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(2);
}
