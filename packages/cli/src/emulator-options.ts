import {
  EMULATOR_OPTION_SPECS,
  parseEmulatorOption,
  type EmulatorOptions,
  type OptionSpec,
} from '@modelslab-reload/emulator';
import { invalidArgument } from '@modelslab-reload/core';
import type { Option, Options } from './option-types.ts';

/** Values of the flags that were given, by the flags' names without dashes. */
export type EmulatorFlags = Readonly<Record<string, unknown>>;

const SPECS = Object.entries(EMULATOR_OPTION_SPECS);
const PLACEHOLDERS: Readonly<Record<OptionSpec['type'], string>> = {
  text: 'text',
  integer: 'n',
  duration: 'd',
  list: 'a,b',
  enum: 'what',
  boolean: 'yes|no',
};

/** The options of the emulator's own command, from its table. */
export const emulatorOptions: Options = Object.fromEntries(
  SPECS.map(([, spec]) => [getFlagName(spec), createOption(spec)]),
);

/** Returns the options of the emulator without those that were not given. */
export function toEmulatorOptions(flags: EmulatorFlags): EmulatorOptions {
  const given = SPECS.map(([name, spec]) => [name, flags[getFlagName(spec)]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function getFlagName({ flag }: OptionSpec): string {
  return flag.slice('--'.length);
}

function createOption(spec: OptionSpec): Option {
  const values = spec.type === 'boolean' ? ['yes', 'no'] : spec.values;
  const choice = spec.type === 'enum' ? `${spec.values?.join(' | ')}; ` : '';
  return {
    value: PLACEHOLDERS[spec.type],
    values,
    summary: `${spec.summary} (${choice}default ${spec.default})`,
    parse(text) {
      try {
        return parseEmulatorOption(spec, text);
      } catch (error) {
        throw invalidArgument(error instanceof Error ? error.message : String(error));
      }
    },
  };
}
