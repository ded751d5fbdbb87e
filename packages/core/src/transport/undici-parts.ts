/**
 * The parts of undici that the transport uses, by their files. The main file takes twice as long and also starts
 * Node's own copy, which ends the process on Node 20 and 22 if there is no memory for its parser, as on hosts with
 * `ulimit -v`. Bun replaces the main file by its own `fetch`, which has no body limit and applies the proxy variables to
 * loopback too.
 */
import api from 'undici/lib/api/index.js';

export const { connect, request } = api;
export { default as buildConnector } from 'undici/lib/core/connect.js';
export { default as Agent } from 'undici/lib/dispatcher/agent.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js';
