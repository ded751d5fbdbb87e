import { ReloadError, type ReloadManyOptions, type Until } from '@modelslab-reload/core/engine';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { Settings } from './client.ts';

/** What one item asks for. */
export interface Asked {
  modelId: string;
  settings: Settings & Pick<ReloadManyOptions, 'until' | 'timeoutMs'>;
}

/** Reads one item's parameters, expressions resolved; throws a ReloadError for what cannot work. */
export function readParameters(context: IExecuteFunctions, item: number): Asked {
  const options = context.getNodeParameter('options', item, {});
  return {
    modelId: asText(context.getNodeParameter('modelId', item, '', { extractValue: true })),
    settings: {
      until: asUntil(context.getNodeParameter('until', item, 'success')),
      timeoutMs: asMs('Timeout', options.timeout),
      concurrency: asWhole('Concurrency', options.concurrency, 1),
      maxRetries: asWhole('Retries', options.retries, 0),
      pollIntervalMs: asMs('Poll Interval', options.pollInterval),
      requestTimeoutMs: asMs('Request Timeout', options.requestTimeout),
    },
  };
}

function asUntil(value: unknown): Until {
  if (value === 'accepted' || value === 'success' || value === 'image') return value;
  throw refusal('Wait Until', "'accepted', 'success' or 'image'", value);
}

function asText(value: unknown): string {
  // An expression may give a number, where a table holds the ids.
  if (typeof value === 'string' || typeof value === 'number') return String(value).trim();
  if (value === null || value === undefined) return '';
  throw refusal('Model', 'the ID of a model', value);
}

// Timers fire at once beyond 2 ** 31 - 1 ms.
const LONGEST_SECONDS = 2_147_483;

/** Milliseconds of a number of seconds; undefined where the option is not set, or an expression gives nothing. */
function asMs(name: string, value: unknown): number | undefined {
  if (isUnset(value)) return undefined;
  const seconds = Number(value);
  if (seconds > 0 && seconds <= LONGEST_SECONDS) return seconds * 1000;
  throw refusal(name, 'a number of seconds above 0 and up to 24 days', value);
}

function asWhole(name: string, value: unknown, least: number): number | undefined {
  if (isUnset(value)) return undefined;
  const whole = Number(value);
  if (Number.isSafeInteger(whole) && whole >= least) return whole;
  throw refusal(name, `a whole number of at least ${least}`, value);
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function refusal(name: string, wanted: string, value: unknown): ReloadError {
  return new ReloadError({
    code: 'invalid_argument',
    message: `${name} must be ${wanted}, not ${JSON.stringify(value)}.`,
    hint: `Correct ${name} in the node's panel, or the expression that gives it.`,
    httpStatus: null,
    retryAfterMs: null,
  });
}
