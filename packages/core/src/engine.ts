/**
 * The client without its two defaults, for hosts with their own HTTP client and their
 * own timers. It imports nothing from Node and uses none of its globals.
 */
import { createClient as create, type Client } from './client.ts';
import type { Runtime } from './drivers/driver.ts';
import { createProcessDriver } from './drivers/process.ts';
import type { ClientOptions } from './options.ts';
import type { Ports } from './transport/types.ts';

/**
 * Creates a client over the transport and the clock of a host. Nothing is sent yet.
 *
 * @param runtime `createDriver` lets the calls run elsewhere, for example in a queue that several processes share
 * @throws {ReloadError} `invalid_argument` for invalid options
 */
export function createClient(
  options: ClientOptions & Ports,
  { createDriver = createProcessDriver }: Partial<Pick<Runtime, 'createDriver'>> = {},
): Client {
  return create(options, { createDriver });
}

export type { Client, ReachedOutcome } from './client.ts';
export type { Driver, Hooks, Runtime, Settled } from './drivers/driver.ts';
export { ERROR_SPECS, type ErrorSpec } from './error-codes.ts';
export { invalidArgument, ReloadError } from './errors.ts';
export type { ModelIds } from './operations/read-ids.ts';
export { createSharedClient, type Exchange, type SharedClient } from './operations/share.ts';
export * from './options.ts';
export { checkClientOptions } from './options/check-options.ts';
export { checkOption, parseOption } from './options/check-option.ts';
export { formatDuration, parseDuration } from './options/duration.ts';
export { checkModelId } from './options/model-id.ts';
export type { OptionLabels, OptionName, OptionValues } from './options/option-rules.ts';
export { OPTION_SPECS, type OptionSpec } from './options/option-specs.ts';
export * from './outcome.ts';
export { createRedactor } from './redaction/redact.ts';
export type { Subject } from './state/subject.ts';
export { MAX_ACCEPTANCE_AGE_MS } from './targets/next-at.ts';
export { endsAllCalls } from './targets/replies.ts';
export { toLine } from './text.ts';
export * from './transport/types.ts';
export { version } from './version.ts';
export type { WithModel } from './with-model/with-model.ts';
