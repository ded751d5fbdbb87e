import { EMULATOR_OPTION_SPECS, type OptionSpec } from './option-specs.ts';
import { DEFAULTS, type EmulatorOptions, type ResolvedOptions } from './options.ts';

/**
 * Checks the options and fills in the defaults.
 *
 * @throws a TypeError that names the option, if one is unknown or its value is not valid
 */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    // A misspelled option would otherwise be ignored silently.
    if (!Object.hasOwn(DEFAULTS, name)) {
      const known = Object.keys(DEFAULTS).join(', ');
      throw new TypeError(`Unknown option: ${name}. Known options: ${known}.`);
    }
    const expected = findMismatch(name, value);
    if (expected !== null) throw new TypeError(`The option ${name} must be ${expected}.`);
  }
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}

/** Returns what the value should be, or null if it is valid. */
function findMismatch(name: string, value: unknown): string | null {
  const spec = new Map<string, OptionSpec>(Object.entries(EMULATOR_OPTION_SPECS)).get(name);
  if (name === 'clock') return typeof value === 'object' ? null : 'a clock';
  if (spec === undefined) return typeof value === 'function' ? null : 'a function';
  if (name === 'loadTimeMs' && typeof value === 'function') return null;
  return isValid(spec, value) ? null : describeValues(spec);
}

function isValid(spec: OptionSpec, value: unknown): boolean {
  switch (spec.type) {
    case 'text':
      return typeof value === 'string' && value !== '';
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'enum':
      return typeof value === 'string' && spec.values?.includes(value) === true;
    case 'duration':
      return typeof value === 'number' && value >= 0;
    case 'integer':
      return (Number.isInteger(value) || value === Infinity) && isWithin(spec, Number(value));
  }
}

function isWithin({ min = -Infinity, max = Infinity }: OptionSpec, value: number): boolean {
  return value >= min && value <= max;
}

export function describeValues({ type, values = [], min, max }: OptionSpec): string {
  switch (type) {
    case 'text':
      return 'a text that is not empty';
    case 'boolean':
      return 'true or false';
    case 'list':
      return 'an array of texts';
    case 'enum':
      return `one of ${values.join(', ')}`;
    case 'duration':
      return 'a number of milliseconds, 0 or more';
    case 'integer':
      return max === undefined
        ? `a whole number, ${min} or more`
        : `a whole number from ${min} to ${max}`;
  }
}
