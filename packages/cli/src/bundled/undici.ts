/**
 * The parts of undici that the core uses, in place of the whole: half as much to read at each start.
 * The bundle takes this module for `undici`.
 */
import type { Dispatcher as AnyDispatcher } from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import requestOf from 'undici/lib/api/api-request.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';

export { default as EnvHttpProxyAgent } from 'undici/lib/dispatcher/env-http-proxy-agent.js';

// undici gives its dispatchers their methods from its main module; a proxy is asked with this one.
Object.assign(Dispatcher.prototype, { connect });

/** As undici's own, for the way in which the core calls it. */
export function request(
  url: string,
  options: Omit<AnyDispatcher.RequestOptions, 'path' | 'origin'> & { dispatcher: AnyDispatcher },
): Promise<AnyDispatcher.ResponseData> {
  const { origin, pathname, search } = new URL(url);
  return requestOf.call(options.dispatcher, { ...options, origin, path: `${pathname}${search}` });
}
