import type { checkClientOptions } from './check-options.ts';
import type { Transport } from './transport/types.ts';

/** Properties of a host, in addition to its two ports. */
export interface Host {
  /** Returns a number from 0 to 1, for jitter. */
  random: () => number;
  /**
   * True if calls may share only data, as in a Worker, where a promise, a timer or a request belongs to the call that
   * created it.
   */
  isIsolated: boolean;
}

/** A client's options, checked and complete, with what every request needs. */
export interface Context extends ReturnType<typeof checkClientOptions>, Host {
  transport: Transport;
  redact: (text: string) => string;
}
