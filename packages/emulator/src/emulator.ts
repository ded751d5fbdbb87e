import type { Answer, EmulatorReply, EmulatorRequest, RecordedRequest } from './exchange.ts';
import { Exchanges } from './exchanges.ts';
import { settingsOf, type EmulatorOptions } from './options.ts';

/** An emulator without a socket. */
export interface SocketlessEmulator {
  /** Every request so far, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /**
   * Answers as the server would, in the same process: what a simulation uses as a client's transport.
   *
   * @throws what a client's transport would, where the wire fails: an Error with the system `code` that undici
   * gives (`ECONNRESET`, `UND_ERR_SOCKET` for a cut body, `UND_ERR_RES_EXCEEDED_MAX_SIZE` for a huge one);
   * the signal's reason as soon as it aborts, which alone ends what hangs
   */
  readonly answer: (request: EmulatorRequest, signal?: AbortSignal) => Promise<EmulatorReply>;
  /** The truth, whatever the replies say. */
  readonly isLoaded: (modelId: string) => boolean;
  /** When its loading ended, by the emulator's clock; null while it is not loaded. */
  readonly loadedSince: (modelId: string) => number | null;
}

/** An emulator without a socket, for simulations and for tests of anything that takes a transport. */
export function createEmulator(options: EmulatorOptions = {}): SocketlessEmulator {
  return socketless(new Exchanges(settingsOf(options)));
}

export function socketless(exchanges: Exchanges): SocketlessEmulator {
  const { account, requests } = exchanges;
  return {
    requests,
    answer: (request, signal = new AbortController().signal) =>
      exchanges.exchange(request, signal, (answer) => withoutWire(answer, signal)),
    isLoaded: (modelId) => account.loadedSince(modelId) !== null,
    loadedSince: (modelId) => account.loadedSince(modelId),
  };
}

/** What a client sees of an answer. */
function withoutWire(answer: Answer, signal: AbortSignal): EmulatorReply | Promise<never> {
  if (answer instanceof Error) throw answer;
  switch (answer) {
    case 'reset':
      throw failure('read ECONNRESET', 'ECONNRESET');
    case 'truncated':
      throw failure('other side closed', 'UND_ERR_SOCKET');
    case 'huge':
      throw failure('Response size exceeded', 'UND_ERR_RES_EXCEEDED_MAX_SIZE');
    case 'hangs':
    case 'drips':
      return aborted(signal);
    default:
      return answer;
  }
}

function failure(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
