import { once } from 'node:events';
import { createRequestHandler, type RequestHandler } from './http/request-handler.ts';
import type { Answer, EmulatorReply, EmulatorRequest, RecordedRequest } from './http/types.ts';
import type { EmulatorOptions } from './options.ts';
import { resolveOptions } from './resolve-options.ts';

/** An emulator without a socket. */
export interface SocketlessEmulator {
  /** The last 10,000 requests, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /**
   * Answers a request like the server, in the same process. It can be the transport of a client.
   *
   * @throws what a client's transport throws if the connection fails: an Error with the same `code` as undici
   *   (`ECONNRESET`, `UND_ERR_SOCKET` for a truncated body, `UND_ERR_RES_EXCEEDED_MAX_SIZE` for a huge one); the
   *   signal's reason as soon as it aborts, which is the only way to end a request that hangs
   */
  readonly answer: (request: EmulatorRequest, signal?: AbortSignal) => Promise<EmulatorReply>;
  /** Returns whether a model is loaded, regardless of the replies. */
  readonly isLoaded: (modelId: string) => boolean;
  /** Returns when the load of a model ended, by the emulator's clock, or null if it is not loaded. */
  readonly loadedSince: (modelId: string) => number | null;
}

/**
 * Creates an emulator without a socket, for simulations and for tests of code that takes a transport.
 *
 * @throws a TypeError that names the option, if it is invalid
 */
export function createEmulator(options: EmulatorOptions = {}): SocketlessEmulator {
  return createEmulatorFrom(createRequestHandler(resolveOptions(options)));
}

export function createEmulatorFrom(handler: RequestHandler): SocketlessEmulator {
  const { account, requests } = handler;
  return {
    requests,
    answer: (request, signal = new AbortController().signal) =>
      handler.handle(request, signal, (answer) => simulateTransport(answer, signal)),
    isLoaded: (modelId) => account.getLoadedSince(modelId) !== null,
    loadedSince: (modelId) => account.getLoadedSince(modelId),
  };
}

const FAILURES = {
  reset: { message: 'read ECONNRESET', code: 'ECONNRESET' },
  truncated: { message: 'other side closed', code: 'UND_ERR_SOCKET' },
  huge: { message: 'Response size exceeded', code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' },
};

/** Converts an answer to what a client's transport returns or throws. */
async function simulateTransport(answer: Answer, signal: AbortSignal): Promise<EmulatorReply> {
  if (answer instanceof Error) throw answer;
  if (typeof answer !== 'string') return answer;
  if (answer === 'hangs' || answer === 'drips') {
    await once(signal, 'abort');
    throw signal.reason;
  }
  const { message, code } = FAILURES[answer];
  throw Object.assign(new Error(message), { code });
}
