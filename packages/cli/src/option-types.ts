import {
  OPTION_SPECS,
  parseOption,
  type OptionName,
  type OptionSpec,
} from '@modelslab-reload/core';

/** One option of the command line. Parsing, help and completion are derived from these. */
export interface Option {
  /** One letter, such as `f`. */
  short?: string;
  /** Name of its value in the help. Absent for a switch. */
  value?: string;
  /** Parses its value; throws an error that begins with `label`. Without it, the value is the text. */
  parse?: (text: string, label: string) => unknown;
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

type ValueOf<One> = One extends { repeats: true } ? OneValueOf<One>[] : OneValueOf<One>;

type OneValueOf<One> = One extends { parse: (text: string, label: string) => infer Value }
  ? Value
  : One extends { values: readonly (infer Value)[] }
    ? Value
    : One extends { value: string }
      ? string
      : true;

/** Takes the type, bounds and values of an option from the core; a number's default is added to the summary. */
export function coreOption<Name extends OptionName>(name: Name, value: string, summary: string) {
  const spec: OptionSpec = OPTION_SPECS[name];
  return {
    value,
    parse: (text: string, label: string) => parseOption(name, text, label),
    values: spec.values?.map(String),
    summary: typeof spec.default === 'number' ? `${summary}; default ${defaultOf(name)}` : summary,
  };
}

/** Returns the default of an option of the core as a user would type it. */
export function defaultOf(name: OptionName): string {
  const { type, default: value }: OptionSpec = OPTION_SPECS[name];
  if (type !== 'duration') return String(value);
  const seconds = Number(value) / 1000;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
