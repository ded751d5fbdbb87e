import { invalidArgument, type ReloadError } from './errors.ts';
import { checkOption, type OptionName } from './option-specs.ts';
import type { ClientOptions, ListOptions, ReloadOptions, StepOptions } from './options.ts';
import { createRedactor } from './redaction/redact.ts';
import { isLoopback } from './transport/loopback.ts';
import { quote } from './text.ts';

/** Names of the options in a host, such as `--base-url`; without a label an option keeps its own name. */
export type OptionLabels = Partial<Record<OptionName, string>>;

/** All options of each function; the types ensure that none is missing. */
const CLIENT_OPTIONS: Record<keyof ClientOptions | 'transport' | 'clock', true> = {
  apiKey: true,
  baseUrl: true,
  concurrency: true,
  maxRetries: true,
  pollIntervalMs: true,
  requestTimeoutMs: true,
  userAgent: true,
  allowInsecureHttp: true,
  transport: true,
  clock: true,
};
const RELOAD_OPTIONS: Record<keyof ReloadOptions, true> = {
  until: true,
  timeoutMs: true,
  maxAgeMs: true,
  imagePrompt: true,
  onReply: true,
  signal: true,
};
const STEP_OPTIONS: Record<keyof StepOptions, true> = { ...RELOAD_OPTIONS, onSend: true };
const LIST_OPTIONS: Record<keyof ListOptions, true> = { timeoutMs: true, signal: true };

// A misspelled option would otherwise be ignored, and a timeout would have no effect.
function rejectUnknown(options: object, known: object): void {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument(`The options must be an object, not ${quote(options)}.`);
  }
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length === 0) return;
  const misplaced = unknown.find((name) => Object.hasOwn(CLIENT_OPTIONS, name));
  if (misplaced !== undefined) {
    const why =
      misplaced === 'concurrency' ? ', because the limit applies to the whole account' : '';
    throw invalidArgument(`${misplaced} is an option of createClient${why}.`);
  }
  throw invalidArgument(
    `Unknown option: ${unknown.map(quoteName).join(', ')}.`,
    `Known options: ${Object.keys(known).join(', ')}.`,
  );
}

function quoteName(name: string): string {
  return /^[\w-]{1,40}$/.test(name) ? name : quote(name);
}

/**
 * Checks the options of `createClient` and returns them with their defaults.
 *
 * @param labels how the host's users know the options; messages use them
 * @throws {ReloadError} `invalid_argument` for invalid options
 */
export function checkClientOptions(options: ClientOptions, labels: OptionLabels = {}) {
  rejectUnknown(options, CLIENT_OPTIONS);
  const known: Record<string, string | undefined> = labels;
  const labelOf = (name: string) => known[name] ?? name;
  const { apiKey, ...others } = options;
  checkApiKey(apiKey);
  rejectKeyIn(others, apiKey, labelOf);
  const { concurrency, maxRetries, pollIntervalMs, requestTimeoutMs, userAgent } = others;
  const allowInsecureHttp = checkOption(
    'allowInsecureHttp',
    options.allowInsecureHttp,
    labelOf('allowInsecureHttp'),
  );
  const baseUrl = checkOption('baseUrl', options.baseUrl, labelOf('baseUrl'));
  return {
    apiKey,
    userAgent: checkOption('userAgent', userAgent, labelOf('userAgent')),
    baseUrl: checkBaseUrl(baseUrl, allowInsecureHttp, labelOf),
    concurrency: checkOption('concurrency', concurrency, labelOf('concurrency')),
    maxRetries: checkOption('maxRetries', maxRetries, labelOf('maxRetries')),
    pollIntervalMs:
      checkOption('pollIntervalMs', pollIntervalMs, labelOf('pollIntervalMs')) ?? null,
    requestTimeoutMs: checkOption(
      'requestTimeoutMs',
      requestTimeoutMs,
      labelOf('requestTimeoutMs'),
    ),
  };
}

/**
 * Checks the options of `reload` and `reloadMany` and returns them with their defaults.
 *
 * @param apiKey the client's key, which no option may contain
 * @throws {ReloadError} `invalid_argument` for invalid options
 */
export function checkReloadOptions(options: ReloadOptions, apiKey = '') {
  rejectUnknown(options, RELOAD_OPTIONS);
  rejectKeyIn(options, apiKey);
  const { onReply, signal, timeoutMs } = options;
  if (onReply !== undefined && typeof onReply !== 'function') {
    throw invalidArgument('onReply must be a function.');
  }
  return {
    until: checkOption('until', options.until),
    imagePrompt: checkOption('imagePrompt', options.imagePrompt),
    maxAgeMs: checkOption('maxAgeMs', options.maxAgeMs) ?? null,
    onReply,
    ...checkListOptions({ timeoutMs, signal }),
  };
}

/** Checks the options of `step` in the same way as `checkReloadOptions`. */
export function checkStepOptions(options: StepOptions, apiKey = '') {
  rejectUnknown(options, STEP_OPTIONS);
  const { onSend, ...others } = options;
  if (onSend !== undefined && typeof onSend !== 'function') {
    throw invalidArgument('onSend must be a function.');
  }
  return { ...checkReloadOptions(others, apiKey), onSend };
}

/** Checks the options of `listTrainedModels` in the same way as `checkReloadOptions`. */
export function checkListOptions(options: ListOptions, apiKey = '') {
  rejectUnknown(options, LIST_OPTIONS);
  rejectKeyIn(options, apiKey);
  const { signal } = options;
  // Not `instanceof`, which would reject a signal of another realm.
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    throw invalidArgument('signal must be an AbortSignal.');
  }
  return { signal, timeoutMs: checkOption('timeoutMs', options.timeoutMs) };
}

// Whitespace, control characters and invisible characters, which text copied from a web page may contain.
const BLANK_OR_INVISIBLE = /[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
const QUOTE = /["'`\u00b4\p{Pi}\p{Pf}\u201a\u201e]/u;
const BRACKET = /[<>\p{Ps}\p{Pe}]/u;

/** A line of an env file or of a shell script, with its name. */
const ASSIGNMENT = /^(?:export\s+)?(\w+)\s*=./i;
const NAME_OF_KEY = /^[a-z]\w*_\w|key$/i;

function checkApiKey(apiKey: unknown): asserts apiKey is string {
  if (typeof apiKey !== 'string' || apiKey.trim() === '') {
    throw invalidArgument('The API key is missing.', 'Pass the key from your ModelsLab dashboard.');
  }
  if (NAME_OF_KEY.test(ASSIGNMENT.exec(apiKey)?.[1] ?? '')) {
    throw invalidArgument(
      'The API key is a complete NAME=value line.',
      'Pass only what follows the =, without quotes.',
    );
  }
  if (/^["'`]|["'`]$/.test(apiKey.trim())) {
    throw invalidArgument(
      'The API key is in quotes.',
      "Pass it without them. docker's --env-file, for example, keeps the quotes.",
    );
  }
  if (BLANK_OR_INVISIBLE.test(apiKey)) {
    throw invalidArgument(
      'The API key contains whitespace, a control character or an invisible character.',
      'Copy it again from your ModelsLab dashboard, without spaces or line breaks.',
    );
  }
}

/**
 * Checks a model id. An id with whitespace, a quote, a bracket or an invisible character is rejected with the position
 * of that character, because the API would not find the model.
 *
 * @param apiKey the client's key, which no id may contain
 * @param redact its redactor, which thousands of ids can share; default: a new one
 * @throws {ReloadError} `invalid_argument`
 */
export function checkModelId(
  id: unknown,
  apiKey: string,
  redact?: (text: string) => string,
): asserts id is string {
  if (typeof id !== 'string') {
    throw invalidArgument(`A model id must be text, not ${quote(id)}.`);
  }
  if (id.trim() === '') throw invalidArgument('A model id is empty.', 'Remove it, or pass the id.');
  if (containsKey(id, apiKey, redact)) throw keyIn('The model id');
  let place = 0;
  for (const character of id) {
    place++;
    const kind = kindOf(character);
    if (kind === null) continue;
    const codePoint = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw invalidArgument(
      `The model id ${quote(id)} has ${kind} at character ${place} (U+${codePoint}).`,
      'Pass the id without it; separate several ids.',
    );
  }
}

function kindOf(character: string): string | null {
  if (/[\s\p{Z}]/u.test(character)) return 'whitespace';
  if (QUOTE.test(character)) return 'a quote';
  if (BRACKET.test(character)) return 'a bracket';
  return BLANK_OR_INVISIBLE.test(character) ? 'an invisible character' : null;
}

/** A shorter key cannot be distinguished from a part of an ordinary word. */
const MIN_SECRET_LENGTH = 8;

// If options are swapped by mistake, the key would be shown with the results, logged, or sent in a header.
function rejectKeyIn(
  values: object,
  apiKey: string,
  labelOf: (name: string) => string = (name) => name,
): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'string' || !containsKey(value, apiKey)) continue;
    throw keyIn(labelOf(name));
  }
}

function keyIn(label: string): ReloadError {
  return invalidArgument(`${label} contains the API key.`, 'Pass the key only as the API key.');
}

function containsKey(text: string, apiKey: string, redact?: (text: string) => string): boolean {
  if (text === apiKey && apiKey !== '') return true;
  // No encoding is shorter than the key.
  if (apiKey.length < MIN_SECRET_LENGTH || text.length < apiKey.length) return false;
  return (redact ?? createRedactor(apiKey))(text) !== text;
}

function checkBaseUrl(
  value: string,
  allowInsecureHttp: boolean,
  labelOf: (name: string) => string,
): string {
  const label = labelOf('baseUrl');
  const hint = 'Use one such as https://modelslab.com.';
  if (!URL.canParse(value))
    throw invalidArgument(`${label} ${quote(value)} is not a valid URL.`, hint);
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw invalidArgument(`${label} must begin with https:, not ${url.protocol}`, hint);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalidArgument(`${label} must not have a user, password, query or fragment.`, hint);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecureHttp) {
    throw invalidArgument(
      `${label} ${quote(value)} would send the API key unencrypted to another machine.`,
      `Use https:, or set ${labelOf('allowInsecureHttp')} if you trust every machine on the network path.`,
    );
  }
  return url.href.replace(/(?<!\/)\/+$/, '');
}
