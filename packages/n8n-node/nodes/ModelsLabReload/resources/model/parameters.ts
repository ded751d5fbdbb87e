import {
  checkOption,
  createRedactor,
  invalidArgument,
  OPTION_SPECS,
  type ClientOptions,
  type OptionName,
  type ReloadManyOptions,
} from '@modelslab-reload/core/engine';
import type { IExecuteFunctions } from 'n8n-workflow';

import { quote } from '../../shared/quote.ts';
import { toModelId } from './model-id.ts';

export interface ReloadParameters {
  modelId: string;
  /** Of a client: executions that differ in one do not share limits. */
  polling: Partial<ClientOptions>;
  /** Of one call; calls that differ in them may share a client. */
  call: ReloadManyOptions;
}

/**
 * With n8n's Retry On Fail, each try starts with all items again. Models that succeeded in an earlier try are
 * not requested again, however long the other models took.
 */
const RETRY_MAX_AGE_MS = 3_600_000;

/** Returns a function that reads and checks the parameters of one item, with expressions resolved. */
export function createParameterReader(context: IExecuteFunctions, apiKey: string) {
  const redact = createRedactor(apiKey);
  // The core's messages quote a rejected text, but only the type of an object.
  const clean = (value: unknown) => (typeof value === 'string' ? redact(value) : value);
  const isRetried = context.getNode().retryOnFail === true;

  return (item: number): ReloadParameters => {
    const options = context.getNodeParameter('options', item, {});
    const modelId = context.getNodeParameter('modelId', item, '', { extractValue: true });
    const until = context.getNodeParameter('until', item, OPTION_SPECS.until.default);
    const check = <Name extends OptionName>(name: Name, label: string, value: unknown) => {
      if (isUnset(value)) return undefined;
      const checked = checkOption(name, clean(value), label);
      if (checked === value) return checked;
      // The text without the key would be the id of another model.
      throw invalidArgument(`${label} contains the API key.`, 'Pass the key only as the API key.');
    };
    const toMs = (name: DurationName, label: string, value: unknown) =>
      isUnset(value) ? undefined : secondsToMs(name, label, toNumber(value), apiKey);

    return {
      modelId: toModelId(modelId, apiKey),
      polling: {
        concurrency: check('concurrency', 'Concurrency', toNumber(options.concurrency)),
        maxRetries: check('maxRetries', 'Retries', toNumber(options.retries)),
        pollIntervalMs: toMs('pollIntervalMs', 'Poll Interval', options.pollInterval),
        requestTimeoutMs: toMs('requestTimeoutMs', 'Request Timeout', options.requestTimeout),
      },
      call: {
        until: checkOption('until', clean(until), 'Wait Until'),
        timeoutMs: toMs('timeoutMs', 'Timeout', options.timeout),
        maxAgeMs:
          toMs('maxAgeMs', 'Max Age', options.maxAge) ?? (isRetried ? RETRY_MAX_AGE_MS : undefined),
        maxImages: check('maxImages', 'Max Images', toNumber(options.maxImages)),
        imageBaseModel: check('imageBaseModel', 'Image Base Model', options.imageBaseModel),
      },
    };
  };
}

type DurationName = 'pollIntervalMs' | 'requestTimeoutMs' | 'timeoutMs' | 'maxAgeMs';

/** Converts seconds to milliseconds, and checks them against the bounds of the option. */
function secondsToMs(name: DurationName, label: string, seconds: unknown, apiKey: string): number {
  const { min = 0, max } = OPTION_SPECS[name];
  const ms = typeof seconds === 'number' ? seconds * 1000 : NaN;
  if (ms >= min && ms <= (max ?? Number.MAX_VALUE)) return ms;
  const lower = min === 0 ? 'of at least 0' : 'above 0';
  const upper = max === undefined ? '' : ` and up to ${Math.floor(max / 86_400_000)} days`;
  throw invalidArgument(
    `${label} must be a number of seconds ${lower}${upper}, not ${quote(seconds, apiKey)}.`,
  );
}

/** An expression may be empty, which leaves the option unset. */
function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** Converts numeric text to a number; anything else is left for the check. */
function toNumber(value: unknown): unknown {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return Number.isNaN(number) ? value : number;
}
