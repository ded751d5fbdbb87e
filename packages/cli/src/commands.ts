import { allOptions, emulatorOptions, listOptions, reloadOptions, type Option } from './options.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export const commandNames = ['reload', 'list', 'emulator', 'completion', 'help'] as const;
export const helpTopics = [...commandNames, 'exit-codes'] as const;

export type CommandName = (typeof commandNames)[number];
export type HelpTopic = (typeof helpTopics)[number];

/** What may stand behind a command's name; what completion offers. */
export interface CommandWords {
  summary: string;
  options: readonly Option[];
  operands: readonly string[];
}

export const commands: Readonly<Record<CommandName, CommandWords>> = {
  reload: { summary: 'reload, wait, report', options: reloadOptions, operands: [] },
  list: { summary: "the account's trained models", options: listOptions, operands: [] },
  emulator: { summary: 'a local API', options: emulatorOptions, operands: [] },
  completion: { summary: 'a script for a shell', options: [], operands: shells },
  help: { summary: 'a command, or exit-codes', options: [], operands: helpTopics },
};

/**
 * Finds the command in a command line: its first word that is no option and no option's value, where
 * that is a command's name. Otherwise it is `reload`, whose name may be left out, and the word an id.
 */
export function splitCommand(args: string[]): { command: CommandName; rest: string[] } {
  const at = firstOperand(args);
  const command = commandNames.find((name) => name === args[at]);
  if (command === undefined) return { command: 'reload', rest: args };
  return { command, rest: args.toSpliced(at, 1) };
}

/** Where the first word stands that is no option; -1 if there is none. */
function firstOperand(args: string[]): number {
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return at;
    if (takesNextWord(word)) at++;
  }
  return -1;
}

const takesValue = new Set<string>(
  allOptions
    .filter(({ value }) => value !== undefined)
    .flatMap(({ short, long }) => (short === undefined ? [long] : [short, long])),
);

/** `--timeout`, `-f` and `-qf` do; `--timeout=5m` and `-fmodels.txt` hold their value. */
function takesNextWord(word: string): boolean {
  if (word.startsWith('--')) return takesValue.has(word);
  const letters = word.slice(1).split('');
  const at = letters.findIndex((letter) => takesValue.has(`-${letter}`));
  return at !== -1 && at === letters.length - 1;
}
