import { invalidArgument, type ReloadManyOptions, type Until } from '@modelslab-reload/core/engine';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { PollingOptions } from '../../shared/client.ts';
import { toModelId } from './model-id.ts';

/** Options of one call; calls that differ in them may share a client. */
export type CallOptions = Pick<ReloadManyOptions, 'until' | 'timeoutMs' | 'concurrency'>;

/** The parameters of one item. */
export interface ReloadParameters {
  modelId: string;
  polling: PollingOptions;
  call: CallOptions;
}

/**
 * Reads the parameters of one item, with expressions resolved.
 *
 * @throws {ReloadError} `invalid_argument` for what cannot work
 */
export function readParameters(
  context: IExecuteFunctions,
  item: number,
  apiKey: string,
): ReloadParameters {
  const options = context.getNodeParameter('options', item, {});
  return {
    modelId: toModelId(
      context.getNodeParameter('modelId', item, '', { extractValue: true }),
      apiKey,
    ),
    polling: {
      maxRetries: toWhole('Retries', options.retries, 0),
      pollIntervalMs: toMs('Poll Interval', options.pollInterval),
      requestTimeoutMs: toMs('Request Timeout', options.requestTimeout),
    },
    call: {
      until: toUntil(context.getNodeParameter('until', item, 'success')),
      timeoutMs: toMs('Timeout', options.timeout),
      concurrency: toWhole('Concurrency', options.concurrency, 1),
    },
  };
}

function toUntil(value: unknown): Until {
  if (value === 'accepted' || value === 'success' || value === 'image') return value;
  throw refusal('Wait Until', "'accepted', 'success' or 'image'", value);
}

// Timers fire at once beyond 2 ** 31 - 1 ms.
const MAX_SECONDS = 2_147_483;

/** Returns milliseconds of a number of seconds; undefined if the option is not set, or an expression gives nothing. */
function toMs(label: string, value: unknown): number | undefined {
  if (isUnset(value)) return undefined;
  const seconds = Number(value);
  if (seconds > 0 && seconds <= MAX_SECONDS) return seconds * 1000;
  throw refusal(label, 'a number of seconds above 0 and up to 24 days', value);
}

function toWhole(label: string, value: unknown, min: number): number | undefined {
  if (isUnset(value)) return undefined;
  const whole = Number(value);
  if (Number.isSafeInteger(whole) && whole >= min) return whole;
  throw refusal(label, `a whole number of at least ${min}`, value);
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function refusal(name: string, wanted: string, value: unknown) {
  return invalidArgument(
    `${name} must be ${wanted}, not ${JSON.stringify(value)}.`,
    `Correct ${name} in the node's panel, or the expression that gives it.`,
  );
}
