import { EMULATOR_OPTION_SPECS } from '@modelslab-reload/emulator';
import { scanWords } from '../command-line.ts';
import { COMMAND_NAMES, COMMANDS } from '../commands/table.ts';
import type { Option, Options } from '../option-types.ts';
import { globalOptions } from '../options.ts';

/** Begins the line that a script replaces by the paths of files; the rest of the line precedes each path. */
export const FILES = '<files>';

/** Returns a line for each word that the last may become, with a description after a tab, or one with {@link FILES}. */
export function listCandidates(words: readonly string[]): string[] {
  const word = words.at(-1) ?? '';
  const { command, operands, isEnded, pending } = scanWords(words.slice(0, -1));
  const spec = COMMANDS[command ?? 'reload'];
  // The emulator parses its own words, so the last of them may be an option without its value.
  const isEmulator = command === 'emulator';
  const unfinished = isEmulator ? operands.at(-1) : pending;
  const own = isEmulator ? emulatorOptions() : spec.options;
  const options: [string, Option][] = Object.entries({ ...own, ...globalOptions });
  const named = new Map(
    options.flatMap(([name, option]) =>
      [`--${name}`, ...(option.short ? [`-${option.short}`] : [])].map((typed) => [typed, option]),
    ),
  );
  const valuesFor = (typed: string, prefix: string): string[] | null => {
    const option = named.get(typed);
    if (option?.value === undefined) return null;
    return option.isPath ? [FILES + prefix] : (option.values ?? []).map((value) => prefix + value);
  };
  const list = (): readonly string[] => {
    const values = unfinished === undefined ? null : valuesFor(unfinished, '');
    if (values) return values;
    if (!isEnded && word.startsWith('-')) {
      // The value may be in the same word: --output=json or -ojson.
      const [prefix = ''] = /^--[^=]+=|^-\w(?=.)/.exec(word) ?? [];
      return (
        valuesFor(prefix.replace('=', ''), prefix) ??
        Array.from(named, ([typed, { summary }]) => `${typed}\t${summary}`)
      );
    }
    if (command === undefined && operands.length === 0 && !isEnded) {
      return COMMAND_NAMES.map((name) => `${name}\t${COMMANDS[name].summary}`);
    }
    return operands.length === 0 ? (spec.operands ?? []) : [];
  };
  return list().filter((line) => line.startsWith(FILES) || line.startsWith(word));
}

function emulatorOptions(): Options {
  const options = Object.values(EMULATOR_OPTION_SPECS).map(
    ({ flag, type, values = type === 'boolean' ? ['yes', 'no'] : [], summary }) =>
      [flag.slice(2), { value: type, values, summary }] as const,
  );
  return Object.fromEntries(options);
}
