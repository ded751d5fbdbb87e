import type { checkClientOptions } from './check-options.ts';
import type { Clock, Transport } from './transport/types.ts';

/** A client's options, checked and complete, with its two ports and its redactor. */
export interface Settings extends ReturnType<typeof checkClientOptions> {
  transport: Transport;
  clock: Clock;
  redact: (text: string) => string;
}
