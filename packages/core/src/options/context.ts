import type { Ports } from '../transport/types.ts';
import type { checkClientOptions } from './check-options.ts';

/** A client's options, checked and complete, with what every request needs. */
export type Context = ReturnType<typeof checkClientOptions> &
  Ports & {
    redact: (text: string) => string;
    /** Returns a number from 0 to 1, for jitter. */
    random: () => number;
  };
