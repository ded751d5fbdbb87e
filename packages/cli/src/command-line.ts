import { parseArgs } from 'node:util';
import { COMMAND_NAMES, COMMANDS, type CommandName } from './commands/table.ts';
import { CommandError } from './errors.ts';
import type { Flags, Option, Options } from './option-types.ts';
import {
  globalOptions,
  listOptions,
  reloadOptions,
  type ListFlags,
  type ReloadFlags,
} from './options.ts';
import { suggest } from './suggest.ts';

/** A parsed command line. */
export type CommandLine =
  | { command: 'reload'; flags: ReloadFlags; modelIds: string[] }
  | { command: 'list'; flags: ListFlags }
  | { command: 'emulator'; args: string[] }
  | { command: 'completion'; operands: string[] }
  | { command: 'help'; topic: string }
  | { command: 'version' };

/** An option as it was typed. */
interface Given {
  /** The long name, for an unknown option the typed one. */
  name: string;
  /** The typed name with its dashes, without a value. */
  rawName: string;
  value: string | undefined;
  /** The whole word. */
  word: string;
}

/**
 * Parses the words after `modelslab-reload`. The command is the first word that is neither an option nor an option's
 * value, if it is a command's name. Otherwise the command is `reload`, whose name is optional.
 *
 * @throws {CommandError} for unknown options, and options or operands that the command does not take
 * @throws {ReloadError} `invalid_argument` for values that are out of bounds
 */
export function parseCommandLine(args: string[]): CommandLine {
  // One pass over the options of all commands: whether an option takes a value must be known before
  // the command is found. Not strict, because its errors would repeat a value, which may be the key.
  const { tokens } = parseArgs({
    args,
    options: toParseArgs(),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: Given[] = [];
  const operands: string[] = [];
  let command: CommandName | undefined;
  let isAfterTerminator = false;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') isAfterTerminator = true;
    else if (token.kind === 'option') given.push({ ...token, word: args[token.index] ?? '' });
    else {
      const name = COMMAND_NAMES.find((known) => known === token.value);
      const mayBeCommand = command === undefined && operands.length === 0 && !isAfterTerminator;
      // The emulator parses the rest itself.
      if (name === 'emulator' && mayBeCommand && given.length === 0)
        return { command: name, args: args.slice(token.index + 1) };
      if (name !== undefined && mayBeCommand) command = name;
      else operands.push(token.value);
    }
  }

  if (given.some(({ name }) => name === 'help')) {
    return { command: 'help', topic: command ?? 'reload' };
  }
  if (given.some(({ name }) => name === 'version')) return { command: 'version' };
  return readCommand(command ?? 'reload', given, operands);
}

function readCommand(command: CommandName, given: Given[], operands: string[]): CommandLine {
  switch (command) {
    case 'reload':
      return { command, flags: readFlags(reloadOptions, given), modelIds: operands };
    case 'list': {
      // Before the operands, because the value of a misspelled option is read as one.
      const flags = readFlags(listOptions, given);
      rejectOperands(command, operands);
      return { command, flags };
    }
    case 'emulator':
      // An option before it, which it does not take.
      readFlags({}, given.slice(0, 1));
      return { command, args: [] };
    case 'completion':
      readFlags({}, given);
      return { command, operands };
    case 'help':
      break;
  }
  readFlags({}, given);
  const [topic = 'reload', ...more] = operands;
  rejectOperands(command, more);
  return { command, topic };
}

function rejectOperands(command: CommandName, operands: string[]): void {
  const [first] = operands;
  if (first === undefined) return;
  throw new CommandError(
    `${command} does not take ${JSON.stringify(first)}.`,
    `See modelslab-reload help ${command}.`,
  );
}

function readFlags<Table extends Options>(table: Table, given: readonly Given[]): Flags<Table> {
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
  // Each value comes from the parser of its own option.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return flags as Flags<Table>;
}

function readValue({ parse, value: valueName }: Option, { name, value }: Given): unknown {
  const label = `--${name}`;
  if (parse === undefined) {
    // The value is not repeated, because it may be the key.
    if (value !== undefined) throw new CommandError(`${label} does not take a value.`);
    return true;
  }
  if (value === undefined || value === '') {
    throw new CommandError(`${label} needs a value: ${label} <${valueName}>.`);
  }
  return parse(value, label);
}

function unknownOption(table: Options, { name, rawName, word }: Given): CommandError {
  if (/^--?(?:api[-_]?)?key(?:=|$)/i.test(word)) {
    return new CommandError(
      'The API key cannot be given as an option: it would be visible in the process list and in the shell history.',
      'Set MODELSLAB_API_KEY, or use --api-key-file <path>.',
    );
  }
  return new CommandError(`Unknown option: ${rawName}`, findHint());

  function findHint(): string {
    const owners = COMMAND_NAMES.filter((command) =>
      Object.hasOwn(COMMANDS[command].options, name),
    );
    if (owners.length > 0) {
      const commands = owners.map((command) => `modelslab-reload ${command}`);
      return `It is an option of ${commands.join(' and ')}.`;
    }
    const longNames = [...Object.keys(table), ...Object.keys(globalOptions)];
    const typed = rawName.startsWith('--') ? rawName.slice(2) : null;
    const near = typed && suggest(typed, longNames, 2);
    return near ? `Did you mean --${near}?` : 'See modelslab-reload --help.';
  }
}

/** Returns the options of all commands in the form that `parseArgs` takes. */
function toParseArgs() {
  const tables = [globalOptions, ...Object.values(COMMANDS).map(({ options }) => options)];
  return Object.fromEntries(
    tables.flatMap((table: Options) =>
      Object.entries(table).map(([name, { short, parse }]) => [
        name,
        {
          type: parse === undefined ? ('boolean' as const) : ('string' as const),
          ...(short !== undefined && { short }),
        },
      ]),
    ),
  );
}

/** Returns the command that a mistyped word is close to; null if it is not. */
export function suggestCommand(word: string): CommandName | null {
  return suggest(word, COMMAND_NAMES, 1);
}
