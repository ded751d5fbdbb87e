import {
  invalidArgument,
  OPTION_SPECS,
  parseOption,
  type OptionName,
  type OptionSpec,
} from '@modelslab-reload/core';

/** One option of the command line. Parsing, help and completion are derived from these. */
export interface Option<Value = unknown> {
  /** One letter, such as `f`. */
  short?: string;
  /** Name of its value in the help. Absent for a switch. */
  value?: string;
  /** Parses its value; throws an error that begins with `label`. Absent for a switch. */
  parse?: (text: string, label: string) => Value;
  /** All possible values, for completion. */
  values?: readonly string[] | undefined;
  /** Completion offers files. */
  isPath?: true;
  /** May be given several times; its value is then a list. */
  repeats?: true;
  summary: string;
}

export type Options = Readonly<Record<string, Option>>;

/** The parsed options by their long names; a switch is `true` or absent. */
export type Flags<Table extends Options> = {
  [Name in keyof Table]?: ValueOf<Table[Name]> | undefined;
};

type ValueOf<One> = One extends { parse: (text: string, label: string) => infer Value }
  ? One extends { repeats: true }
    ? Value[]
    : Value
  : true;

/** Takes the type, bounds and values of an option from the core, which also has its default. */
export function coreOption<Name extends OptionName>(name: Name) {
  const spec: OptionSpec = OPTION_SPECS[name];
  return {
    parse: (text: string, label: string) => parseOption(name, text, label),
    values: spec.values?.map(String),
  };
}

/** Returns the default of an option of the core as a user would type it. */
export function defaultOf(name: OptionName): string {
  const spec: OptionSpec = OPTION_SPECS[name];
  return spec.type === 'duration' ? shortDuration(Number(spec.default)) : String(spec.default);
}

/** Returns the values of an option of the core, with the default marked. */
export function valuesOf(name: OptionName): string {
  const spec: OptionSpec = OPTION_SPECS[name];
  return (spec.values ?? [])
    .map((value) => (value === spec.default ? `${value} (default)` : String(value)))
    .join(' | ');
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Returns the shortest exact duration that `parseDuration` accepts, such as `10m`, `150s` or `1500ms`. */
export function shortDuration(ms: number): string {
  const [unit, size] = UNITS.find(([, unitMs]) => ms % unitMs === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/** A path, `-` for a standard stream. */
export const path = { parse: (value: string) => value, isPath: true } as const;

/** Any text. */
export const anyText = { parse: (value: string) => value };

/** One of these values. */
export function oneOf<const Value extends string>(...values: Value[]) {
  return {
    values,
    parse(text: string, label: string): Value {
      const value = values.find((known) => known === text);
      if (value !== undefined) return value;
      throw invalidArgument(`${label} must be ${orList(values)}, not ${JSON.stringify(text)}.`);
    },
  };
}

/** Returns `'a' or 'b'`, or `'a', 'b' or 'c'`. */
function orList(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`);
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
