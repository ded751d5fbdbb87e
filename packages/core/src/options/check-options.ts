import { invalidArgument } from '../errors.ts';
import type {
  ClientOptions,
  ListOptions,
  ReloadManyOptions,
  ReloadOptions,
  StepOptions,
  WithModelOptions,
} from '../options.ts';
import type { Ports } from '../transport/types.ts';
import { checkApiKey, containsKey, keyIn } from './api-key.ts';
import { checkBaseUrl } from './base-url.ts';
import { checkOption } from './check-option.ts';
import { copyOptions } from './copy-options.ts';
import {
  namesOf,
  type DefaultedName,
  type OptionLabels,
  type OptionName,
  type OptionValues,
} from './option-rules.ts';

/** The options that a function accepts: rows of the table, and others. */
interface Accepted<Name, Other> {
  values: readonly Name[];
  others: readonly Other[];
}

/** Checked options; one without a fixed default may be undefined. */
type Checked<Options, Name extends OptionName, Other extends keyof Options> = {
  [Each in Name]: OptionValues[Each] | (Each extends DefaultedName ? never : undefined);
} & Pick<Options, Other>;

const CLIENT = { values: namesOf('client'), others: ['transport', 'clock'] } as const;
const RELOAD = { values: namesOf('call'), others: ['onReply', 'signal'] } as const;
const RELOAD_MANY = { values: namesOf('call', 'list'), others: RELOAD.others };
const STEP = { values: RELOAD.values, others: ['onReply', 'signal', 'onSend'] } as const;
const WITH_MODEL = {
  values: RELOAD.values.filter((name) => name !== 'until' && name !== 'maxAgeMs'),
  others: ['onReply', 'signal', 'isUnloaded'],
} as const;
const LIST = { values: ['timeoutMs'], others: ['signal'] } as const;

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
  const { allowInsecureHttp, ...checked } = check(copied, CLIENT, apiKey, labels);
  const baseUrl = checkBaseUrl(checked.baseUrl, { apiKey, allowInsecureHttp, labels });
  return { ...checked, apiKey, baseUrl, pollIntervalMs: checked.pollIntervalMs ?? null };
}

/** Checks the options of `reload`; `apiKey` is the client's key, which no option may contain. */
export const checkReloadOptions = (options: ReloadOptions, apiKey: string) =>
  check(options, RELOAD, apiKey);

/** Checks the options of `reloadMany`. */
export const checkReloadManyOptions = (options: ReloadManyOptions, apiKey: string) =>
  check(options, RELOAD_MANY, apiKey);

/** Checks the options of `step`. */
export const checkStepOptions = (options: StepOptions, apiKey: string) =>
  check(options, STEP, apiKey);

/** Checks the options of `withModel`. */
export const checkWithModelOptions = (options: WithModelOptions, apiKey: string) =>
  check(options, WITH_MODEL, apiKey);

/** Checks the options of `listTrainedModels`. */
export const checkListOptions = (options: ListOptions, apiKey: string) =>
  check(options, LIST, apiKey);

/** Copies options, checks each, and adds the defaults. */
function check<
  Options extends object,
  Name extends OptionName & keyof Options,
  Other extends keyof Options & string,
>(
  options: Options,
  { values, others }: Accepted<Name, Other>,
  apiKey: string,
  labels: OptionLabels = {},
): Checked<Options, Name, Other> {
  const copied = copyOptions(options, [...values, ...others]);
  for (const name of values) {
    const value = copied[name];
    // If options are swapped by mistake, the key would be shown with the results, logged, or sent in a header.
    const isShown = name !== 'apiKey' && typeof value === 'string' && containsKey(value, apiKey);
    if (isShown) throw keyIn(labels[name] ?? name);
  }
  const checked: Checked<Options, Name, Other> = Object.create(null);
  for (const name of values) {
    Reflect.set(checked, name, checkOption(name, copied[name], labels[name]));
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
  if (name !== 'signal') {
    if (typeof value !== 'function') throw invalidArgument(`${name} must be a function.`);
    // Not `instanceof`, which would reject a signal of another realm.
  } else if (typeof Object(value).addEventListener !== 'function') {
    throw invalidArgument('signal must be an AbortSignal.');
  }
}
