import * as http from 'node:http';
import * as https from 'node:https';
import type { Transport } from '@modelslab-reload/core/engine';
import { decodeBody } from './decode-body.ts';
import { findProxy } from './proxy.ts';
import { createSystemError } from './system-error.ts';
import { createTunnelAgent } from './tunnel-agent.ts';

/** Maximum size of a body. Replies of the API are far smaller than 1 KiB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Maximum milliseconds until a request is sent, for name lookup, connection, tunnel and TLS. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Milliseconds after which an idle connection is closed: the server may have dropped it
 * silently.
 */
const IDLE_TIMEOUT_MS = 10_000;

/**
 * Creates a transport over Node's own http and https that keeps connections open. It follows no redirect, and stops
 * reading a body after 1 MiB, compressed or not. `https:` goes through the proxy in `env`, loopback never does.
 *
 * @param env holds the proxy variables; the one that applies must be valid
 */
export function createNodeTransport(env: NodeJS.ProcessEnv): Transport {
  // One agent for all requests, because they go to one host.
  let agent: http.Agent | undefined;

  return ({ url, method, headers, body }, signal) =>
    new Promise((resolve, reject) => {
      const { request } = url.startsWith('https:') ? https : http;
      agent ??= createAgent(new URL(url), env);
      const outgoing = request(url, { method, headers, agent, signal });
      outgoing.on('error', reject);
      const connecting = setTimeout(() => {
        outgoing.destroy(createSystemError('UND_ERR_CONNECT_TIMEOUT', 'no connection within 10s'));
      }, CONNECT_TIMEOUT_MS);
      // `finish` means that the request is sent. The core limits the time until the reply.
      outgoing.on('finish', () => clearTimeout(connecting));
      outgoing.on('close', () => clearTimeout(connecting));
      outgoing.on('response', (incoming) => {
        const { statusCode: status = 0, headers: replyHeaders } = incoming;
        readText(incoming).then((text) => resolve({ status, headers: replyHeaders, text }), reject);
      });
      outgoing.end(body);
    });
}

function createAgent(target: URL, env: NodeJS.ProcessEnv): http.Agent {
  const options = { keepAlive: true, timeout: IDLE_TIMEOUT_MS };
  const proxy = findProxy(env, target);
  if (proxy !== null) return createTunnelAgent(proxy, options);
  return target.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
}

async function readText(incoming: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw createSystemError('UND_ERR_RES_EXCEEDED_MAX_SIZE', 'The body is over 1 MiB');
    }
    chunks.push(chunk);
  }
  return decodeBody(Buffer.concat(chunks), incoming.headers['content-encoding'], MAX_BODY_BYTES);
}
