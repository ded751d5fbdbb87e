import type { Options } from '../option-types.ts';
import { listOptions, reloadOptions } from '../options.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export const COMMAND_NAMES = ['reload', 'list', 'emulator', 'completion', 'help'] as const;
export const HELP_TOPICS = [...COMMAND_NAMES, 'exit-codes'] as const;

export type CommandName = (typeof COMMAND_NAMES)[number];
export type HelpTopic = (typeof HELP_TOPICS)[number];

/** What the command line of a command may contain; completion offers it. */
interface CommandSpec {
  summary: string;
  options?: Options;
  operands?: readonly string[];
  /** Maximum number of operands; default: any. */
  maxOperands?: number;
}

export const COMMANDS: Readonly<Record<CommandName, CommandSpec>> = {
  reload: { summary: 'reload, wait, report', options: reloadOptions },
  list: { summary: 'ids of the trained models', options: listOptions, maxOperands: 0 },
  emulator: { summary: 'run a local emulator of the API' },
  completion: { summary: 'print a completion script', operands: SHELLS },
  help: { summary: 'help for a command, or exit-codes', operands: HELP_TOPICS, maxOperands: 1 },
};
