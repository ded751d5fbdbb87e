import * as http from 'node:http';
import * as https from 'node:https';
import { ReloadError, type Transport } from '@modelslab-reload/core/engine';

/** A reply of the API is far below 1 KiB. */
const LARGEST_BODY = 1024 * 1024;

/** Milliseconds until a request is on its way: name lookup, connection, tunnel, TLS. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Sends requests with the runtime's own http and https: connections are kept open, proxies come from
 * `env`. It follows no redirect, decodes nothing, and stops reading a body beyond 1 MiB.
 *
 * @param env holds the proxy variables; those that count must be valid
 */
export function createNodeTransport(env: NodeJS.ProcessEnv): Transport {
  // `proxyEnv` is known to the runner's Node 24, not to the types of the oldest Node that the project supports.
  // Of an agent's connections, `timeout` ends those that nothing is asked over, and tunnels that do not come about.
  const options = { keepAlive: true, timeout: CONNECT_TIMEOUT_MS, proxyEnv: env };
  let agent: http.Agent | undefined;

  return ({ url, method, headers, body }, signal) =>
    new Promise((resolve, reject) => {
      // Made for the one protocol that is used: the proxy variable of the other may be of no use to Node.
      const { request, Agent } = url.startsWith('https:') ? https : http;
      agent ??= new Agent(options);
      const outgoing = request(url, { method, headers, agent, signal });
      outgoing.on('error', (error) => reject(explain(error)));
      const connecting = setTimeout(() => {
        outgoing.destroy(systemError('UND_ERR_CONNECT_TIMEOUT', 'No connection within 10s'));
      }, CONNECT_TIMEOUT_MS);
      // It is finished when it has gone out; how long the reply may take is the core's to judge.
      outgoing.on('finish', () => clearTimeout(connecting));
      outgoing.on('close', () => clearTimeout(connecting));
      outgoing.on('response', (incoming) => {
        const { statusCode: status = 0, headers: replyHeaders } = incoming;
        readText(incoming).then((text) => resolve({ status, headers: replyHeaders, text }), reject);
      });
      outgoing.end(body);
    });
}

async function readText(incoming: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY) throw systemError('UND_ERR_RES_EXCEEDED_MAX_SIZE', 'Over 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** A refusal by the proxy does not pass by itself; every other error speaks by its own code. */
function explain(error: Error): Error {
  const isRefusal = 'code' in error && error.code === 'ERR_PROXY_TUNNEL' && 'statusCode' in error;
  if (!isRefusal) return error;
  return new ReloadError({
    code: 'network_error',
    message: `The proxy refused: ERR_PROXY_TUNNEL, ${error.message}`,
    hint: 'Check the proxy settings: the proxy refused to pass the connection on.',
    httpStatus: null,
    retryAfterMs: null,
  });
}

/** An error with one of the codes by which the core judges what a transport throws. */
function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
