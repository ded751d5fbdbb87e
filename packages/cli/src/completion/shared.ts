import { COMMAND_NAMES, COMMANDS, type CommandName } from '../commands/table.ts';
import type { Option } from '../option-types.ts';
import { globalOptions } from '../options.ts';

/** An option with its long name. */
export interface NamedOption extends Option {
  long: `--${string}`;
}

/** Returns the options of a command, including those that every command has. */
export function optionsOf(command: CommandName): NamedOption[] {
  const options = Object.entries<Option>({ ...COMMANDS[command].options, ...globalOptions });
  return options.map(([name, option]) => Object.assign({ long: `--${name}` as const }, option));
}

/** Returns `-f` and `--file`, or only `--timeout`. */
export function optionNames({ short, long }: NamedOption): string[] {
  return short === undefined ? [long] : [`-${short}`, long];
}

/** Returns the names of all options that take the next word as their value, so that it is not a command. */
export function namesWithValue(): string[] {
  const options = COMMAND_NAMES.flatMap((command) => optionsOf(command));
  return [...new Set(options.filter(({ value }) => value !== undefined).flatMap(optionNames))];
}

/** Quotes a string as one shell word. */
export function quoteWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
