export interface OptionSpec {
  readonly flag: string;
  readonly type: 'text' | 'integer' | 'duration' | 'list' | 'enum' | 'boolean';
  /** Maximum of an integer. */
  readonly max?: number;
  /** Values of an enum. */
  readonly values?: readonly string[];
  /** Default as text: `2m`, `yes`, `none`. */
  readonly default: string;
  readonly summary: string;
}

/** The type of an option's value in code. */
export type ValueOf<Spec extends OptionSpec> = Spec extends { values: readonly (infer Value)[] }
  ? Value
  : {
      text: string;
      integer: number;
      duration: number;
      list: readonly string[];
      enum: string;
      boolean: boolean;
    }[Spec['type']];

interface OptionType {
  /** Name of the value in the help. */
  readonly placeholder: string;
  readonly isValid: (value: unknown, spec: OptionSpec) => boolean;
  /** Describes a valid value in code. */
  readonly describe: (spec: OptionSpec) => string;
  /** Converts the text of a flag, to an invalid value if the text is invalid. Absent if the text is the value. */
  readonly parse?: (text: string) => unknown;
  /** Describes a valid text, if not like a value in code. */
  readonly textDescription?: string;
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const OPTION_TYPES: Readonly<Record<OptionSpec['type'], OptionType>> = {
  text: {
    placeholder: 'text',
    isValid: (value) => typeof value === 'string' && value !== '',
    describe: () => 'non-empty text',
  },
  integer: {
    placeholder: 'n',
    isValid: (value, { max = Infinity }) =>
      (Number.isInteger(value) || value === Infinity) && Number(value) >= 0 && Number(value) <= max,
    describe: ({ max }) =>
      max === undefined ? 'a whole number, 0 or more' : `a whole number from 0 to ${max}`,
    parse: (text) => (/^\d{1,15}$/.test(text) ? Number(text) : null),
  },
  duration: {
    placeholder: 'duration',
    isValid: (value) => typeof value === 'number' && value >= 0,
    describe: () => 'a number of milliseconds, 0 or more',
    parse(text) {
      const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,15})?) ?(ms|s|m|h|d)$/.exec(text) ?? [];
      return Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
    },
    textDescription: 'a duration such as 500ms, 90s or 7d',
  },
  list: {
    placeholder: 'a,b',
    isValid: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
    describe: () => 'an array of strings',
    parse: (text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
  },
  enum: {
    placeholder: 'what',
    isValid: (value, { values = [] }) => values.some((known) => known === value),
    describe: ({ values = [] }) => `one of ${values.join(', ')}`,
  },
  boolean: {
    placeholder: 'yes|no',
    isValid: (value) => typeof value === 'boolean',
    describe: () => 'true or false',
    parse: (text) => (text === 'yes' ? true : text === 'no' ? false : null),
    textDescription: 'yes or no',
  },
};

/** Parses the text of a flag into the value of its option. An error names the flag. */
export function parseEmulatorOption(spec: OptionSpec, text: string): unknown {
  const { parse, isValid, describe, textDescription } = OPTION_TYPES[spec.type];
  const value = parse === undefined ? text.trim() : parse(text.trim());
  if (isValid(value, spec)) return value;
  const expected = textDescription ?? describe(spec);
  throw new Error(`${spec.flag} must be ${expected}, not ${JSON.stringify(text)}.`);
}
