import { parseDuration } from '@modelslab-reload/core';
import { Command, CommanderError, Option as CommanderOption, type OptionValues } from 'commander';
import { CommandError } from './command-error.ts';
import type { Option } from './options.ts';

/**
 * Reads a command's words. The flags are named in camel case; durations are in milliseconds.
 *
 * @param operands what may stand beside the options, such as `[model-id...]`; empty for nothing
 * @throws {CommandError} for what is not in `options`, and for values that cannot be
 */
export function parse(
  args: string[],
  options: readonly Option[],
  operands: string,
): { flags: OptionValues; operands: string[] } {
  const command = new Command('modelslab-reload');
  command
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeOut() {}, writeErr() {} });
  if (operands !== '') command.argument(operands);
  for (const option of options) command.addOption(toCommander(option));
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw toCommandError(error);
    throw error;
  }
  return { flags: command.opts(), operands: command.args };
}

function toCommander(option: Option): CommanderOption {
  const { short, long, value } = option;
  const names = short === undefined ? long : `${short}, ${long}`;
  if (value === undefined) return new CommanderOption(names);
  return new CommanderOption(`${names} <${value}>`).argParser<unknown>((text, before) => {
    const read = readValue(text, option);
    if (!option.repeats) return read;
    return Array.isArray(before) ? [...(before as unknown[]), read] : [read];
  });
}

function readValue(text: string, { long, kind = 'text', least = 1, most }: Option): unknown {
  if (typeof kind === 'object') return readChoice(text, long, kind);
  switch (kind) {
    case 'duration':
      return parseDuration(text, long);
    case 'number':
      return readWholeNumber(text, long, least, most);
    case 'names':
      return text
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');
    case 'path':
    case 'text':
      break;
  }
  return text;
}

function readChoice(text: string, long: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text;
  throw new CommandError(`${long} must be ${orList(choices)}, not ${JSON.stringify(text)}.`);
}

/** `a or b`, `a, b or c`. */
function orList(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function readWholeNumber(text: string, long: string, least: number, most?: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= (most ?? Number.MAX_SAFE_INTEGER)) return number;
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new CommandError(`${long} must be a whole number ${range}, not ${JSON.stringify(text)}.`);
}

function toCommandError(error: CommanderError): CommandError {
  const [message = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  // What follows an unknown option's name may be a secret: `--key=…`, `-k…`.
  const said = message
    .replace(/(?<=^unknown option '[^=']*)=.*(?=')/, '')
    .replace(/(?<=^unknown option '-[^-]).*(?=')/, '');
  const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1)}`;
  return new CommandError(
    sentence.endsWith('.') ? sentence : `${sentence}.`,
    more.join(' ') || 'See modelslab-reload --help.',
  );
}
