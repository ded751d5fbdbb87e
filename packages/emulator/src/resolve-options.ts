import { SYSTEM_CLOCK } from './clock/clock.ts';
import { OPTION_TYPES, parseEmulatorOption, type OptionSpec } from './option-types.ts';
import { EMULATOR_OPTION_SPECS, type EmulatorOptions, type ResolvedOptions } from './options.ts';

const SPECS = new Map<string, OptionSpec>(Object.entries(EMULATOR_OPTION_SPECS));

const defaults = [...SPECS].map(([name, spec]): [string, unknown] => [
  name,
  spec.default === 'none' ? [] : parseEmulatorOption(spec, spec.default),
]);

// Each value comes from the parser of its own option.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const DEFAULTS = Object.fromEntries<unknown>([
  ...defaults,
  ['clock', SYSTEM_CLOCK],
  ['log', () => {}],
  ['intercept', () => null],
]) as unknown as ResolvedOptions;

/** Checks the options and fills in the defaults. An error names the option. */
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

/** Returns a description of a valid value, or null if the value is valid. */
function findMismatch(name: string, value: unknown): string | null {
  const spec = SPECS.get(name);
  if (name === 'clock') return typeof value === 'object' ? null : 'a clock';
  if (spec === undefined) return typeof value === 'function' ? null : 'a function';
  if (name === 'loadTimeMs' && typeof value === 'function') return null;
  const { isValid, describe } = OPTION_TYPES[spec.type];
  return isValid(value, spec) ? null : describe(spec);
}
