import { MAX_DURATION_MS, parseDuration } from './duration.ts';
import { invalidArgument } from './errors.ts';
import type { Until } from './options.ts';
import { quote } from './text.ts';

/** The type of each option that is a plain value. */
export interface OptionValues {
  apiKey: string;
  baseUrl: string;
  concurrency: number;
  maxRetries: number;
  pollIntervalMs: number;
  requestTimeoutMs: number;
  userAgent: string;
  allowInsecureHttp: boolean;
  until: Until;
  timeoutMs: number;
  maxAgeMs: number;
  imagePrompt: string;
}

export type OptionName = keyof OptionValues;

/** Options whose default is a fixed value. */
type DefaultedName = Exclude<OptionName, 'apiKey' | 'pollIntervalMs' | 'userAgent' | 'maxAgeMs'>;

/** One row of the table of options. */
export interface OptionSpec<Value = string | number | boolean> {
  /** The function that takes the option: `createClient`, or a call such as `reload`. */
  of: 'client' | 'call';
  /** A duration is a number of milliseconds; as text it has a unit, such as `90s`. */
  type: 'duration' | 'integer' | 'enum' | 'text' | 'boolean';
  /** Smallest value; of a duration in milliseconds. */
  min?: number;
  /** Largest value; of a duration in milliseconds. */
  max?: number;
  /** Allowed values of an enum. */
  values?: readonly Value[];
  /** Pattern of a string, and its description, which completes 'must be …'. */
  pattern?: { regExp: RegExp; description: string };
  /** Value of an option that is left out, if it is a fixed one. */
  default?: Value;
  /** Description of the default, if it is not a fixed value. */
  defaultSummary?: string;
  /** Description for people, without a full stop. */
  summary: string;
}

/** The single table of options; checks, command line, Action, node and documents are derived from it. */
export const OPTION_SPECS: {
  readonly [Name in OptionName]: OptionSpec<OptionValues[Name]> &
    (Name extends DefaultedName ? { default: OptionValues[Name] } : unknown);
} = {
  apiKey: {
    of: 'client',
    type: 'text',
    defaultSummary: 'required',
    summary: 'API key; it is sent in the request body and appears nowhere else',
  },
  baseUrl: {
    of: 'client',
    type: 'text',
    default: 'https://modelslab.com',
    summary: 'base URL of the API; `http:` only to this machine, unless insecure HTTP is allowed',
  },
  concurrency: {
    of: 'client',
    type: 'integer',
    min: 1,
    default: 2,
    summary: 'maximum number of open requests; waiting models do not occupy a slot',
  },
  maxRetries: {
    of: 'client',
    type: 'integer',
    min: 0,
    default: 3,
    summary:
      'maximum retries of a transient failure before the API accepts the request; rate limits do not count',
  },
  pollIntervalMs: {
    of: 'client',
    type: 'duration',
    min: 1,
    max: MAX_DURATION_MS,
    defaultSummary: '35 s until the API accepts the request, then a schedule',
    summary: 'fixed interval between a reply and the next request for the same model',
  },
  requestTimeoutMs: {
    of: 'client',
    type: 'duration',
    min: 1,
    max: MAX_DURATION_MS,
    default: 150_000,
    summary: 'maximum time for one request; connecting has a separate limit of 10 s',
  },
  userAgent: {
    of: 'client',
    type: 'text',
    pattern: {
      regExp: /^[\x21-\x7e][\x20-\x7e]*$/,
      description: 'plain ASCII text that does not start with a space',
    },
    defaultSummary: 'name and version of this package',
    summary: '`User-Agent` header of the requests',
  },
  allowInsecureHttp: {
    of: 'client',
    type: 'boolean',
    default: false,
    summary:
      'allow a base URL with `http:` to another machine; anyone on the network path can read the key',
  },
  until: {
    of: 'call',
    type: 'enum',
    values: ['accepted', 'success', 'image'],
    default: 'success',
    summary:
      'condition to wait for: the API accepted the request, it returned success, or it generated a small image, which is billed',
  },
  timeoutMs: {
    of: 'call',
    type: 'duration',
    min: 1,
    max: MAX_DURATION_MS,
    default: 600_000,
    summary:
      'time from the call until it gives up; in `reloadMany` for each model, from its first request that was not rejected because the queue is full',
  },
  maxAgeMs: {
    of: 'call',
    type: 'duration',
    min: 0,
    defaultSummary: 'the interval between requests',
    summary: 'maximum age of a known success that answers the call without a request',
  },
  imagePrompt: {
    of: 'call',
    type: 'text',
    pattern: { regExp: /\S/, description: 'text that describes an image' },
    // Harmless in every style that a model may have been trained for.
    default: 'a grey stone on a white table',
    summary: 'prompt of the image check',
  },
};

/**
 * Checks the typed value of one option.
 *
 * @param label how the user knows the option, such as `--timeout`; it begins the error's message
 * @returns the value; for `undefined` the default, which is `undefined` if it is not a fixed value
 * @throws {ReloadError} `invalid_argument`
 */
export function checkOption<Name extends DefaultedName>(
  name: Name,
  value: unknown,
  label?: string,
): OptionValues[Name];
export function checkOption<Name extends OptionName>(
  name: Name,
  value: unknown,
  label?: string,
): OptionValues[Name] | undefined;
export function checkOption<Name extends OptionName>(
  name: Name,
  value: unknown,
  label: string = name,
): OptionValues[Name] | undefined {
  const spec: OptionSpec<OptionValues[Name]> = OPTION_SPECS[name];
  if (value === undefined) return spec.default;
  if (isValid(spec, value)) return value;
  throw invalidArgument(
    `${label} must be ${TYPES[spec.type].describe(spec)}, not ${quote(value)}.`,
  );
}

/**
 * Parses the text of one option: a duration has a unit (`90s`), a boolean is `true` or `false`.
 *
 * @param label how the user knows the option, such as `--timeout`; it begins the error's message
 * @returns the value; `undefined` for blank text, so that the default applies
 * @throws {ReloadError} `invalid_argument`
 * @example
 * parseOption('timeoutMs', '90s', '--timeout'); // 90000
 */
export function parseOption<Name extends OptionName>(
  name: Name,
  text: string,
  label: string = name,
): OptionValues[Name] | undefined {
  const spec: OptionSpec = OPTION_SPECS[name];
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  let value: unknown = text;
  if (spec.type === 'duration') value = parseDuration(trimmed, label, spec);
  if (spec.type === 'enum') value = trimmed;
  if (spec.type === 'integer' && /^-?\d{1,15}$/.test(trimmed)) value = Number(trimmed);
  if (spec.type === 'boolean' && /^(?:true|false)$/i.test(trimmed)) {
    value = trimmed.toLowerCase() === 'true';
  }
  return checkOption(name, value, label);
}

function isValid<Value>(spec: OptionSpec<Value>, value: unknown): value is Value {
  return TYPES[spec.type].isValid(spec, value);
}

interface ValueType {
  isValid(spec: OptionSpec<unknown>, value: unknown): boolean;
  /** Completes the sentence 'must be …'. */
  describe(spec: OptionSpec<unknown>): string;
}

const isWithin = ({ min = -Infinity, max = Infinity }: OptionSpec<unknown>, value: number) =>
  value >= min && value <= max;

const TYPES: Record<OptionSpec['type'], ValueType> = {
  boolean: {
    isValid: (_, value) => typeof value === 'boolean',
    describe: () => 'true or false',
  },
  duration: {
    isValid: (spec, value) =>
      typeof value === 'number' && Number.isFinite(value) && isWithin(spec, value),
    describe({ min, max }) {
      const days = Math.floor((max ?? 0) / 86_400_000);
      const most = max === undefined ? '' : ` and at most ${max} (${days} days)`;
      return `a number of milliseconds of at least ${min}${most}`;
    },
  },
  enum: {
    isValid: ({ values = [] }, value) => values.includes(value),
    describe({ values = [] }) {
      const quoted = values.map((value) => `'${String(value)}'`);
      return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
    },
  },
  integer: {
    isValid: (spec, value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && isWithin(spec, value),
    describe: ({ min }) => `a whole number of at least ${min}`,
  },
  text: {
    isValid: ({ pattern }, value) =>
      typeof value === 'string' && (pattern?.regExp.test(value) ?? true),
    describe: ({ pattern }) => pattern?.description ?? 'text',
  },
};
