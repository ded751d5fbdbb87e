/**
 * The client without its two defaults, for hosts with their own HTTP client and their
 * own timers. It imports nothing from Node and uses none of its globals.
 */
import { createClient as create, type Client } from './client.ts';
import type { Runtime } from './drivers/driver.ts';
import type { ClientOptions } from './options.ts';
import type { Ports } from './transport/types.ts';

/**
 * Creates a client over the transport and the clock of a host. Nothing is sent yet.
 *
 * @param runtime where the calls run, if not in this client: for example in a queue that several processes share
 * @throws {ReloadError} `invalid_argument` for invalid options
 */
export function createClient(
  options: ClientOptions & Ports,
  runtime: Partial<Pick<Runtime, 'createDriver'>> = {},
): Client {
  return create(options, runtime);
}

export type { Client, ReachedOutcome } from './client.ts';
export type { Driver, Hooks, Runtime, Settled } from './drivers/driver.ts';
export { endsAllCalls } from './targets/replies.ts';
export { createSharedClient, type Exchange, type SharedClient } from './operations/share.ts';
export type { Subject } from './state/subject.ts';
export type { Step, StepState } from './step.ts';
export type { WithModel } from './with-model/with-model.ts';
export type { ModelIds } from './operations/read-ids.ts';
export { checkClientOptions } from './options/check-options.ts';
export { checkModelId } from './options/model-id.ts';
export type {
  ClientOptions,
  ListOptions,
  ReloadManyOptions,
  ReloadOptions,
  ReplyEvent,
  ReplyReceived,
  StepOptions,
  Until,
  Waiting,
  WithModelOptions,
} from './options.ts';
export { checkOption, parseOption } from './options/check-option.ts';
export {
  OPTION_SPECS,
  type OptionLabels,
  type OptionName,
  type OptionValues,
} from './options/option-specs.ts';
export type { OptionSpec } from './options/option-spec.ts';
export { formatDuration, parseDuration } from './options/duration.ts';
export {
  initialOutcome,
  type ErrorCode,
  type Outcome,
  type OutcomeError,
  type StatusWord,
} from './outcome.ts';
export type {
  Clock,
  Ports,
  Transport,
  TransportReply,
  TransportRequest,
} from './transport/types.ts';
export { createRedactor } from './redaction/redact.ts';
export { ERROR_SPECS, type ErrorSpec } from './error-codes.ts';
export { invalidArgument, ReloadError } from './errors.ts';
export { toLine } from './text.ts';
export { version } from './version.ts';
