import { parseDuration } from './duration.ts';
import { invalidArgument } from '../errors.ts';
import {
  OPTION_RULES,
  type CheckedValue,
  type OptionName,
  type OptionRule,
  type OptionValues,
} from './option-rules.ts';
import { quote } from '../text.ts';

/**
 * Checks the typed value of one option.
 *
 * @param label how the user knows the option, such as `--timeout`; it begins the error's message
 * @returns the value; for `undefined` the default, which is `undefined` if it is not a fixed value
 * @throws {ReloadError} `invalid_argument`
 */
export function checkOption<Name extends OptionName>(
  name: Name,
  value: unknown,
  label: string = name,
): CheckedValue<Name> {
  const rule: OptionRule = OPTION_RULES[name];
  const type = TYPES[rule.type];
  const isChecked = (given: unknown): given is CheckedValue<Name> =>
    given === undefined || type.isValid(rule, given);
  const given = value === undefined ? rule.default : value;
  if (isChecked(given)) return given;
  throw invalidArgument(`${label} must be ${type.describe(rule)}, not ${quote(value)}.`);
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
  const rule: OptionRule = OPTION_RULES[name];
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  let value: unknown = text;
  if (rule.type === 'duration') value = parseDuration(trimmed, label, rule);
  if (rule.type === 'enum') value = trimmed;
  if (rule.type === 'integer' && /^-?\d{1,15}$/.test(trimmed)) value = Number(trimmed);
  if (rule.type === 'boolean' && /^(?:true|false)$/i.test(trimmed)) {
    value = trimmed.toLowerCase() === 'true';
  }
  return checkOption(name, value, label);
}

interface ValueType {
  isValid(rule: OptionRule<unknown>, value: unknown): boolean;
  /** Completes the sentence 'must be …'. */
  describe(rule: OptionRule): string;
}

const isWithin: ValueType['isValid'] = ({ min = 0, max = Number.MAX_VALUE }, value) =>
  typeof value === 'number' && value >= min && value <= max;

const TYPES: Record<OptionRule['type'], ValueType> = {
  boolean: {
    isValid: (_, value) => typeof value === 'boolean',
    describe: () => 'true or false',
  },
  duration: {
    isValid: isWithin,
    describe({ min, max }) {
      const days = Math.floor((max ?? 0) / 86_400_000);
      const most = max === undefined ? '' : ` and at most ${max} (${days} days)`;
      return `a number of milliseconds of at least ${min}${most}`;
    },
  },
  enum: {
    isValid: ({ values = [] }, value) => values.includes(value),
    describe({ values = [] }) {
      const quoted = values.map((value) => `'${value}'`);
      return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
    },
  },
  integer: {
    isValid: (rule, value) => Number.isSafeInteger(value) && isWithin(rule, value),
    describe: ({ min }) => `a whole number of at least ${min}`,
  },
  text: {
    isValid: ({ pattern }, value) =>
      typeof value === 'string' && (pattern?.regExp.test(value) ?? true),
    describe: ({ pattern }) => pattern?.description ?? 'text',
  },
};
