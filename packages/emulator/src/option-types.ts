export interface OptionSpec {
  readonly flag: string;
  readonly type: 'text' | 'integer' | 'duration' | 'list' | 'enum' | 'boolean';
  /** Bounds of an integer. */
  readonly min?: number;
  readonly max?: number;
  /** Values of an enum. */
  readonly values?: readonly string[];
  /** Default as text: `2m`, `yes`, `none`. */
  readonly default: string;
  readonly summary: string;
}

interface OptionType {
  /** Returns whether the value of an option in code is valid. */
  readonly isValid: (value: unknown, spec: OptionSpec) => boolean;
  readonly describeValue: (spec: OptionSpec) => string;
  /** Converts the text of a flag. Returns undefined if it is invalid. */
  readonly parse: (text: string, spec: OptionSpec) => unknown;
  readonly describeText: (spec: OptionSpec) => string;
  /** Converts a value to the text of a flag. */
  readonly format: (value: unknown) => string;
  /** Name of the value in the help. */
  readonly placeholder: string;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Returns a whole number of the largest unit: `7d`, `2m`, `0s`. */
function formatDuration(value: unknown): string {
  const ms = Number(value);
  const [unit, size] = Object.entries(UNIT_MS)
    .toReversed()
    .find(([, unitMs]) => ms >= unitMs && ms % unitMs === 0) ?? ['s', 1000];
  return `${ms / size}${unit}`;
}

const isWithin = (value: number, { min = 0, max = Infinity }: OptionSpec) =>
  value >= min && value <= max;

const describeInteger = ({ min = 0, max }: OptionSpec) =>
  `a whole number${max === undefined ? `, ${min} or more` : ` from ${min} to ${max}`}`;

const describeEnum = ({ values = [] }: OptionSpec) => `one of ${values.join(', ')}`;

const describeNonEmpty = () => 'non-empty text';

export const OPTION_TYPES: Readonly<Record<OptionSpec['type'], OptionType>> = {
  text: {
    isValid: (value) => typeof value === 'string' && value !== '',
    describeValue: describeNonEmpty,
    parse: (text) => (text === '' ? undefined : text),
    describeText: describeNonEmpty,
    format: String,
    placeholder: 'text',
  },
  integer: {
    isValid: (value, spec) =>
      (Number.isInteger(value) || value === Infinity) && isWithin(Number(value), spec),
    describeValue: describeInteger,
    parse: (text, spec) =>
      /^\d{1,15}$/.test(text) && isWithin(Number(text), spec) ? Number(text) : undefined,
    describeText: describeInteger,
    format: String,
    placeholder: 'n',
  },
  duration: {
    isValid: (value) => typeof value === 'number' && value >= 0,
    describeValue: () => 'a number of milliseconds, 0 or more',
    parse(text) {
      const [, digits, unit] = /^(\d{1,15}(?:\.\d{1,15})?) ?(ms|s|m|h|d)$/.exec(text) ?? [];
      return digits === undefined ? undefined : Number(digits) * (UNIT_MS[unit ?? ''] ?? 0);
    },
    describeText: () => 'a duration such as 500ms, 90s or 7d',
    format: formatDuration,
    placeholder: 'duration',
  },
  list: {
    isValid: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
    describeValue: () => 'an array of strings',
    parse: (text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    describeText: () => 'a comma-separated list',
    format: (value) => (Array.isArray(value) && value.length > 0 ? value.join(',') : 'none'),
    placeholder: 'a,b',
  },
  enum: {
    isValid: (value, { values }) => typeof value === 'string' && values?.includes(value) === true,
    describeValue: describeEnum,
    parse: (text, { values }) => values?.find((value) => value === text),
    describeText: describeEnum,
    format: String,
    placeholder: 'what',
  },
  boolean: {
    isValid: (value) => typeof value === 'boolean',
    describeValue: () => 'true or false',
    parse: (text) => (text === 'yes' ? true : text === 'no' ? false : undefined),
    describeText: () => 'yes or no',
    format: (value) => (value === true ? 'yes' : 'no'),
    placeholder: 'yes|no',
  },
};

/**
 * Parses the text of a command-line flag into the value of its option.
 *
 * @throws an Error that names the flag, if the text is invalid
 */
export function parseEmulatorOption(spec: OptionSpec, text: string): unknown {
  const { parse, describeText } = OPTION_TYPES[spec.type];
  const value = parse(text.trim(), spec);
  if (value !== undefined) return value;
  throw new Error(`${spec.flag} must be ${describeText(spec)}, not ${JSON.stringify(text)}.`);
}
