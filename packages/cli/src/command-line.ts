import { parseArgs } from 'node:util';
import { COMMAND_NAMES, COMMANDS, type CommandName } from './commands/table.ts';
import { CommandError } from './errors.ts';
import type { Option, Options } from './option-types.ts';
import { globalOptions, listOptions, reloadOptions, type ReloadFlags } from './options.ts';
import { suggest } from './suggest.ts';

export interface CommandLine {
  command: CommandName | 'version';
  /** Of reload, which has the options of all commands; another command has only its own. */
  flags: ReloadFlags;
  /** Model ids, a shell, a topic, or the arguments of the emulator. */
  operands: string[];
}

/** An option as it was typed. */
interface Given {
  /** The long name, for an unknown option the typed one. */
  name: string;
  /** The typed name with its dashes, without a value. */
  rawName: string;
  value?: string | undefined;
  /** The whole word. */
  word: string;
}

/** Parses and checks the words after `modelslab-reload`. Without a command's name, the command is `reload`. */
export function parseCommandLine(args: string[]): CommandLine {
  const { command = 'reload', given, operands } = scanWords(args);
  if (given.some(({ name }) => name === 'help')) {
    return { command: 'help', flags: {}, operands: [command] };
  }
  if (given.some(({ name }) => name === 'version')) {
    return { command: 'version', flags: {}, operands: [] };
  }
  const { options = {}, maxOperands = Infinity } = COMMANDS[command];
  // Before the operands, because the value of a misspelled option is read as one.
  const flags = readFlags(options, given);
  const surplus = operands[maxOperands];
  if (surplus !== undefined) {
    throw new CommandError(
      `${command} does not take ${JSON.stringify(surplus)}.`,
      `See modelslab-reload help ${command}.`,
    );
  }
  if (flags.quiet && flags.verbose) {
    throw new CommandError('--quiet and --verbose cannot be combined.', 'Use only one.');
  }
  return { command, flags, operands };
}

/** Sorts the words of a command line, complete or not, without checks. */
export function scanWords(words: readonly string[]) {
  const args = [...words];
  // One pass over the options of all commands: whether an option takes a value must be known before
  // the command is found. Not strict, because its errors would repeat a value, which may be the key.
  const { tokens } = parseArgs({ args, options: toParseArgs(), strict: false, tokens: true });
  const given: Given[] = [];
  const operands: string[] = [];
  let command: CommandName | undefined;
  let isEnded = false;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') isEnded = true;
    else if (token.kind === 'option') given.push({ ...token, word: args[token.index] ?? '' });
    else {
      const name = COMMAND_NAMES.find((known) => known === token.value);
      const isFirst = command === undefined && operands.length === 0 && !isEnded;
      if (name !== undefined && isFirst) command = name;
      else operands.push(token.value);
      // The emulator parses the rest itself.
      if (name === 'emulator' && isFirst && given.length === 0) {
        return { command, given, operands: args.slice(token.index + 1), isEnded };
      }
    }
  }
  const last = tokens.at(-1);
  return {
    command,
    given,
    operands,
    /** All further words are operands. */
    isEnded,
    /** The last word, if it is an option without a value. */
    pending: last?.kind === 'option' && last.value === undefined ? last.rawName : undefined,
  };
}

function readFlags(table: Options, given: readonly Given[]): ReloadFlags {
  const flags: Record<string, unknown> = {};
  for (const one of given) {
    const { name } = one;
    const option: Option | undefined = Object.hasOwn(table, name) ? table[name] : undefined;
    if (option === undefined) throw unknownOption(table, one);
    const value = readValue(option, one);
    const before = flags[name];
    if (option.repeats) flags[name] = Array.isArray(before) ? [...before, value] : [value];
    else flags[name] = value;
  }
  return flags;
}

const OR_LIST = new Intl.ListFormat('en-GB', { type: 'disjunction' });

function readValue(option: Option, { name, value }: Given): unknown {
  const label = `--${name}`;
  if (option.value === undefined) {
    // The value is not repeated, because it may be the key.
    if (value !== undefined) throw new CommandError(`${label} does not take a value.`);
    return true;
  }
  if (value === undefined || value === '') {
    throw new CommandError(`${label} needs a value: ${label} <${option.value}>.`);
  }
  if (option.parse) return option.parse(value, label);
  if (option.values?.includes(value) === false) {
    const values = OR_LIST.format(option.values.map((known) => `'${known}'`));
    throw new CommandError(`${label} must be ${values}, not ${JSON.stringify(value)}.`);
  }
  return value;
}

function unknownOption(table: Options, { name, rawName, word }: Given): CommandError {
  if (/^--?(?:api[-_]?)?key(?:=|$)/i.test(word)) {
    return new CommandError(
      'The API key cannot be given as an option: it would be visible in the process list and in the shell history.',
      'Set MODELSLAB_API_KEY, or use --api-key-file <path>.',
    );
  }
  const owners = COMMAND_NAMES.filter((command) =>
    Object.hasOwn(COMMANDS[command].options ?? {}, name),
  );
  const longNames = [...Object.keys(table), ...Object.keys(globalOptions)];
  const near = rawName.startsWith('--') ? suggest(rawName.slice(2), longNames, 2) : null;
  const hint = near === null ? 'See modelslab-reload --help.' : `Did you mean --${near}?`;
  const commands = owners.map((command) => `modelslab-reload ${command}`).join(' and ');
  return new CommandError(
    `Unknown option: ${rawName}`,
    commands === '' ? hint : `It is an option of ${commands}.`,
  );
}

/** Returns the options of all commands in the form that `parseArgs` takes. */
function toParseArgs() {
  const options: Options = { ...globalOptions, ...reloadOptions, ...listOptions };
  const entries = Object.entries(options).map(([name, { short, value }]) => {
    const type = value === undefined ? ('boolean' as const) : ('string' as const);
    return [name, short === undefined ? { type } : { type, short }] as const;
  });
  return Object.fromEntries(entries);
}
