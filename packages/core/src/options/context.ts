import type { checkClientOptions } from './check-options.ts';
import type { Transport } from '../transport/types.ts';

/** A client's options, checked and complete, with what every request needs. */
export interface Context extends ReturnType<typeof checkClientOptions> {
  transport: Transport;
  redact: (text: string) => string;
  /** Returns a number from 0 to 1, for jitter. */
  random: () => number;
}
