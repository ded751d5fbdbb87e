/**
 * The client without its two defaults: for hosts that bring their own way to send a request and their
 * own timers. It imports nothing of Node and uses none of its globals.
 */
export { createClient, type Client, type Ports } from './client.ts';
export type { ModelIds } from './operations/reload-many.ts';
export { checkModelId } from './check-options.ts';
export type {
  ClientOptions,
  ListOptions,
  ReloadManyOptions,
  ReloadOptions,
  ReplyEvent,
  Until,
} from './options.ts';
export { formatDuration, parseDuration } from './duration.ts';
export type { ErrorCode, Outcome, OutcomeError } from './outcome.ts';
export type { Clock, Transport, TransportReply, TransportRequest } from './transport/types.ts';
export { createRedactor } from './redact.ts';
export { ReloadError } from './reload-error.ts';
export { outcomeBefore } from './operations/reload.ts';
export { version } from './version.ts';
