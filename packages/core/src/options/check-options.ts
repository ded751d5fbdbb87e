import { invalidArgument } from '../errors.ts';
import type { ClientOptions } from '../options.ts';
import type { Ports } from '../transport/types.ts';
import { checkApiKey, rejectKey } from './api-key.ts';
import { checkBaseUrl } from './base-url.ts';
import { checkOption } from './check-option.ts';
import { copyOptions } from './copy-options.ts';
import { namesOf, type CheckedValue, type OptionLabels, type OptionName } from './option-rules.ts';

/** The options that a function accepts: names of the table, and others. */
interface Accepted<Options> {
  values: readonly (OptionName & keyof Options)[];
  others: readonly (string & keyof Options)[];
}

/** Checked options; one without a fixed default may be undefined. */
export type Checked<Options, From extends Accepted<Options>> = {
  [Name in From['values'][number]]: CheckedValue<Name>;
} & Pick<Options, From['others'][number]>;

const CLIENT = { values: namesOf('client'), others: ['transport', 'clock'] } as const;
export const RELOAD = { values: namesOf('call'), others: ['onReply', 'signal'] } as const;
export const RELOAD_MANY = { values: namesOf('call', 'list'), others: RELOAD.others };
export const STEP = { values: RELOAD.values, others: ['onReply', 'signal', 'onSend'] } as const;
export const WITH_MODEL = {
  values: RELOAD.values.filter((name) => name !== 'until' && name !== 'maxAgeMs'),
  others: ['onReply', 'signal', 'isUnloaded'],
} as const;
export const LIST_TRAINED_MODELS = { values: ['timeoutMs'], others: ['signal'] } as const;

/**
 * Checks the options of `createClient` and returns them with their defaults.
 *
 * @param labels how the host's users know the options; messages use them
 * @throws {ReloadError} `invalid_argument` for invalid options
 */
export function checkClientOptions(
  options: ClientOptions & Partial<Ports>,
  labels: OptionLabels = {},
) {
  const copied = copyOptions(options, [...CLIENT.values, ...CLIENT.others]);
  const { apiKey } = copied;
  checkApiKey(apiKey);
  const { allowInsecureHttp, ...checked } = checkOptions(copied, CLIENT, apiKey, labels);
  const baseUrl = checkBaseUrl(checked.baseUrl, apiKey, allowInsecureHttp, labels);
  return { ...checked, apiKey, baseUrl, pollIntervalMs: checked.pollIntervalMs ?? null };
}

/** Copies the options of a function, checks each, and adds the defaults. No option may contain the client's key. */
export function checkOptions<Options extends object, const From extends Accepted<Options>>(
  options: Options,
  from: From,
  apiKey: string,
  labels: OptionLabels = {},
): Checked<Options, From> {
  const { values, others }: Accepted<Options> = from;
  const copied = copyOptions(options, [...values, ...others]);
  const checked: Checked<Options, From> = Object.create(null);
  for (const name of values) {
    const value = copied[name];
    const label = labels[name] ?? name;
    // If options are swapped by mistake, the key would be shown with the results, logged, or sent in a header.
    if (name !== 'apiKey' && typeof value === 'string') rejectKey(label, value, apiKey);
    Reflect.set(checked, name, checkOption(name, value, label));
  }
  for (const name of others) {
    checkOther(name, copied[name]);
    Reflect.set(checked, name, copied[name]);
  }
  return checked;
}

/** Checks an option that is not a plain value; those of the ports are checked with their defaults. */
function checkOther(name: string, value: unknown): void {
  if (value === undefined || name === 'transport' || name === 'clock') return;
  // Not `instanceof`, which would reject a signal of another realm.
  if (name === 'signal' && typeof Object(value).addEventListener !== 'function') {
    throw invalidArgument('signal must be an AbortSignal.');
  }
  if (name !== 'signal' && typeof value !== 'function') {
    throw invalidArgument(`${name} must be a function.`);
  }
}
