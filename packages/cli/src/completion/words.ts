import { allOptions, type Option } from '../options.ts';

/** The two options that every command has. */
export const everywhere: readonly Option[] = [
  { short: '-h', long: '--help', summary: 'what it does, and its options' },
  { long: '--version', summary: 'the version' },
];

/** `-f` and `--file`, or `--timeout` alone. */
export function optionNames({ short, long }: Option): string[] {
  return short === undefined ? [long] : [short, long];
}

/** Every option whose next word is its value: that word is no command. */
export const namesWithValue: readonly string[] = [
  ...new Set(allOptions.filter(({ value }) => value !== undefined).flatMap(optionNames)),
];

/** A text as one word of a shell, in single quotes. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
