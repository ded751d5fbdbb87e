import { invalidArgument } from '../errors.ts';
import type { DefaultedName, OptionName, OptionValues } from './option-specs.ts';
import type {
  ClientOptions,
  ListOptions,
  ReloadManyOptions,
  ReloadOptions,
  StepOptions,
  WithModelOptions,
} from '../options.ts';
import { checkApiKey, containsKey, keyIn } from './api-key.ts';
import { checkBaseUrl } from './base-url.ts';
import { checkOption } from './check-option.ts';
import { copyOptions, namesOf } from './known-options.ts';

export { checkModelId } from './model-id.ts';

/** Names of the options in a host, such as `--base-url`; without a label an option keeps its own name. */
export type OptionLabels = Partial<Record<OptionName, string>>;

const CLIENT = { values: namesOf('client'), others: ['transport', 'clock'] };
const CALL = { values: namesOf('call'), others: ['onReply', 'signal'] };
const LIST_ONLY = namesOf('list');
const MANY = { values: namesOf('call', 'list'), others: CALL.others };
const STEP = { values: CALL.values, others: [...CALL.others, 'onSend'] };
const WITH_MODEL = {
  values: CALL.values.filter((name) => name !== 'until' && name !== 'maxAgeMs'),
  others: [...CALL.others, 'isUnloaded'],
};
const LIST = { values: ['timeoutMs'] as const, others: ['signal'] };

/**
 * Copies the options of `createClient`, its ports included, by name.
 *
 * @throws {ReloadError} `invalid_argument` for an unknown option
 */
export function copyClientOptions<Options extends ClientOptions>(options: Options): Options {
  return copyOptions(options, CLIENT);
}

/**
 * Checks the options of `createClient` and returns them with their defaults.
 *
 * @param labels how the host's users know the options; messages use them
 * @throws {ReloadError} `invalid_argument` for invalid options
 */
export function checkClientOptions(options: ClientOptions, labels: OptionLabels = {}) {
  const copied = copyClientOptions(options);
  const { apiKey } = copied;
  const known: Record<string, string | undefined> = labels;
  const labelOf = (name: string) => known[name] ?? name;
  checkApiKey(apiKey);
  const { allowInsecureHttp, ...checked } = checkValues(CLIENT.values, copied, apiKey, labelOf);
  return {
    ...checked,
    apiKey,
    baseUrl: checkBaseUrl(checked.baseUrl, { apiKey, allowInsecureHttp, labelOf }),
    pollIntervalMs: checked.pollIntervalMs ?? null,
  };
}

/**
 * Checks the options of `reload` and returns them with their defaults.
 *
 * @param apiKey the client's key, which no option may contain
 * @throws {ReloadError} `invalid_argument` for invalid options
 */
export function checkReloadOptions(options: ReloadOptions, apiKey = '') {
  return checkCall(copyOptions(options, CALL), apiKey);
}

/** Checks the options of `reloadMany` in the same way as `checkReloadOptions`. */
export function checkReloadManyOptions(options: ReloadManyOptions, apiKey = '') {
  const copied = copyOptions(options, MANY);
  const { maxImages } = checkValues(LIST_ONLY, copied, apiKey);
  return { ...checkCall(copied, apiKey), maxImages: maxImages ?? null };
}

/** Checks the options of `step` in the same way as `checkReloadOptions`. */
export function checkStepOptions(options: StepOptions, apiKey = '') {
  const copied = copyOptions(options, STEP);
  const { onSend } = copied;
  rejectOther('onSend', onSend);
  return { ...checkCall(copied, apiKey), onSend };
}

/** Checks the options of `withModel` in the same way as `checkReloadOptions`. */
export function checkWithModelOptions(options: WithModelOptions, apiKey = '') {
  const copied = copyOptions(options, WITH_MODEL);
  const { isUnloaded } = copied;
  rejectOther('isUnloaded', isUnloaded);
  const { until: _until, maxAgeMs: _maxAgeMs, ...call } = checkCall(copied, apiKey);
  return { ...call, isUnloaded };
}

function rejectOther(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') {
    throw invalidArgument(`${name} must be a function.`);
  }
}

function checkCall(copied: ReloadOptions, apiKey: string) {
  const { onReply, signal } = copied;
  const checked = checkValues(CALL.values, copied, apiKey);
  rejectOther('onReply', onReply);
  checkSignal(signal);
  return { ...checked, maxAgeMs: checked.maxAgeMs ?? null, onReply, signal };
}

/** Checks the options of `listTrainedModels` in the same way as `checkReloadOptions`. */
export function checkListOptions(options: ListOptions, apiKey = '') {
  const copied = copyOptions(options, LIST);
  const { signal } = copied;
  checkSignal(signal);
  return { ...checkValues(LIST.values, copied, apiKey), signal };
}

type Checked<Name extends OptionName> = {
  [Each in Name]: OptionValues[Each] | (Each extends DefaultedName ? never : undefined);
};

/** Checks each plain option, and adds the defaults. `values` has no prototype. */
function checkValues<Name extends OptionName>(
  names: readonly Name[],
  values: Partial<Record<Name, unknown>>,
  apiKey: string,
  labelOf: (name: string) => string = (name) => name,
): Checked<Name> {
  for (const name of names) {
    const value = values[name];
    // If options are swapped by mistake, the key would be shown with the results, logged, or sent in a header.
    const isShown = name !== 'apiKey' && typeof value === 'string' && containsKey(value, apiKey);
    if (isShown) throw keyIn(labelOf(name));
  }
  const checked: Checked<Name> = Object.create(null);
  for (const name of names) {
    Reflect.set(checked, name, checkOption(name, values[name], labelOf(name)));
  }
  return checked;
}

function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  // Not `instanceof`, which would reject a signal of another realm.
  const isSignal = typeof Object(signal).addEventListener === 'function';
  if (!isSignal) throw invalidArgument('signal must be an AbortSignal.');
}
