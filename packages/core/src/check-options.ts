import { MAX_DURATION_MS } from './duration.ts';
import type { ClientOptions, ListOptions, ReloadManyOptions } from './options.ts';
import { invalidArgument } from './errors.ts';

/** Harmless in every style that a model may have been trained for. */
const IMAGE_PROMPT = 'a grey stone on a white table';

// Blanks and control characters, also those that a copy from a web page may bring along.
// oxlint-disable-next-line no-control-regex
const BLANK_OR_CONTROL = /[\s\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2060\ufeff]/;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Every option that each of the two kinds knows; the types see to it that none is missing. */
const CLIENT_OPTIONS: Record<keyof ClientOptions | 'transport' | 'clock', true> = {
  apiKey: true,
  baseUrl: true,
  maxRetries: true,
  pollIntervalMs: true,
  requestTimeoutMs: true,
  userAgent: true,
  allowInsecureHttp: true,
  transport: true,
  clock: true,
};
const CALL_OPTIONS: Record<keyof ReloadManyOptions, true> = {
  until: true,
  timeoutMs: true,
  imagePrompt: true,
  onReply: true,
  signal: true,
  concurrency: true,
};

// A misspelt option would be taken for one that was left out: a timeout in vain, say.
function refuseUnknown(options: object, known: object): void {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument(`The options must be an object, not ${quote(options)}.`);
  }
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length === 0) return;
  throw invalidArgument(
    `There is no option ${unknown.join(', ')}.`,
    `There are ${Object.keys(known).join(', ')}.`,
  );
}

/** Gives client options with their defaults; throws a ReloadError `invalid_argument` for what cannot work. */
export function checkClientOptions(options: ClientOptions) {
  refuseUnknown(options, CLIENT_OPTIONS);
  const { apiKey, userAgent } = options;
  if (typeof apiKey !== 'string' || apiKey.trim() === '') {
    throw invalidArgument('The API key is missing.', 'Pass the key from your ModelsLab dashboard.');
  }
  if (BLANK_OR_CONTROL.test(apiKey)) {
    throw invalidArgument(
      'The API key has a blank or a control character in it.',
      'Copy it again from your ModelsLab dashboard, without blanks or line breaks.',
    );
  }
  if (
    userAgent !== undefined &&
    (typeof userAgent !== 'string' || !/^[\x21-\x7e][\x20-\x7e]*$/.test(userAgent))
  ) {
    throw invalidArgument('userAgent must be plain ASCII text that does not begin with a blank.');
  }
  const { allowInsecureHttp = false } = options;
  // 'false', from an environment variable, would be taken for true.
  if (typeof allowInsecureHttp !== 'boolean') {
    throw invalidArgument(
      `allowInsecureHttp must be true or false, not ${quote(allowInsecureHttp)}.`,
    );
  }
  refuseKeyIn('base URL', options.baseUrl, apiKey);
  refuseKeyIn('userAgent', userAgent, apiKey);
  return {
    apiKey,
    userAgent,
    baseUrl: checkBaseUrl(options.baseUrl ?? 'https://modelslab.com', allowInsecureHttp),
    maxRetries: checkWholeNumber('maxRetries', options.maxRetries ?? 3, 0),
    pollIntervalMs:
      options.pollIntervalMs === undefined
        ? null
        : checkMs('pollIntervalMs', options.pollIntervalMs),
    requestTimeoutMs: checkMs('requestTimeoutMs', options.requestTimeoutMs ?? 150_000),
  };
}

/** As `checkClientOptions`, for one call. */
export function checkReloadOptions(options: ReloadManyOptions) {
  refuseUnknown(options, CALL_OPTIONS);
  const { until = 'success', imagePrompt = IMAGE_PROMPT, onReply, signal } = options;
  if (until !== 'accepted' && until !== 'success' && until !== 'image') {
    throw invalidArgument(`until must be 'accepted', 'success' or 'image', not ${quote(until)}.`);
  }
  if (typeof imagePrompt !== 'string' || imagePrompt.trim() === '') {
    throw invalidArgument('imagePrompt must be a text that says what to draw.');
  }
  if (onReply !== undefined && typeof onReply !== 'function') {
    throw invalidArgument('onReply must be a function.');
  }
  return {
    until,
    imagePrompt,
    onReply,
    concurrency: checkWholeNumber('concurrency', options.concurrency ?? 2, 1),
    ...checkListOptions({ timeoutMs: options.timeoutMs, signal }),
  };
}

/** As `checkClientOptions`, for listing the trained models. */
export function checkListOptions(options: ListOptions) {
  refuseUnknown(options, CALL_OPTIONS);
  const { signal } = options;
  // Not `instanceof`: a signal of another realm is as good.
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    throw invalidArgument('signal must be an AbortSignal.');
  }
  return { signal, timeoutMs: checkMs('timeoutMs', options.timeoutMs ?? 600_000) };
}

/** Throws a ReloadError `invalid_argument` for an id that cannot be a model's. */
export function checkModelId(id: unknown, apiKey: string): asserts id is string {
  if (typeof id !== 'string') {
    throw invalidArgument(`A model id must be text, not ${quote(id)}.`);
  }
  if (id.trim() === '')
    throw invalidArgument('A model id is empty.', 'Leave it out, or give the id.');
  if (CONTROL.test(id)) {
    throw invalidArgument(
      `The model id ${quote(id)} has a control character in it.`,
      'Give the id without it.',
    );
  }
  refuseKeyIn('model id', id, apiKey);
}

/** No shorter key can be told from a part of an ordinary word. */
const MIN_SECRET_LENGTH = 8;

// Swapped by mistake, the key would be shown with the results, logged, or sent in a header.
function refuseKeyIn(name: string, value: unknown, apiKey: string): void {
  if (typeof value !== 'string') return;
  if (value === apiKey || (apiKey.length >= MIN_SECRET_LENGTH && value.includes(apiKey))) {
    throw invalidArgument(
      `The ${name} has the API key in it.`,
      'Give the key as the API key alone.',
    );
  }
}

function checkBaseUrl(value: string, allowInsecureHttp: boolean): string {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    throw invalidArgument(
      `The base URL ${quote(value)} is no URL.`,
      'Give one such as https://modelslab.com.',
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw invalidArgument(`The base URL must begin with https:, not ${url.protocol}`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalidArgument(
      'The base URL must have no user, password, query or fragment.',
      'Give only its protocol, host and path, such as https://modelslab.com.',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecureHttp) {
    throw invalidArgument(
      `The base URL ${quote(value)} would send the API key unencrypted to another machine.`,
      'Use https:, or allow insecure HTTP if you trust every machine on the way.',
    );
  }
  return url.href.replace(/\/+$/, '');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function checkMs(name: string, value: number): number {
  if (typeof value !== 'number' || !(value > 0 && value <= MAX_DURATION_MS)) {
    throw invalidArgument(
      `${name} must be a number of milliseconds above 0 and at most ${MAX_DURATION_MS} (24 days), not ${quote(value)}.`,
    );
  }
  return value;
}

function checkWholeNumber(name: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw invalidArgument(
      `${name} must be a whole number of at least ${least}, not ${quote(value)}.`,
    );
  }
  return value;
}

/** A value as a message shows it; of an object only that it is one. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
