import { createRedactor, ReloadError } from '@modelslab-reload/core';
import { CommandError } from './command-error.ts';
import { splitCommand, type CommandName } from './commands.ts';
import { exitCodeOf } from './exit-code.ts';
import { listCommand } from './list-command.ts';
import { reloadCommand } from './reload-command.ts';
import { print } from './stdout.ts';
import { version } from './version.ts';

/** What a command gets: the words of the command line but for its name. It gives the exit code. */
export type Command = (args: string[]) => Promise<number>;

const COMMANDS: Record<CommandName, () => Promise<Command>> = {
  reload: () => Promise.resolve(reloadCommand),
  list: () => Promise.resolve(listCommand),
  emulator: async () => (await import('./emulator-command.ts')).emulatorCommand,
  completion: async () => (await import('./completion/completion-command.ts')).completionCommand,
  help: async () => (await import('./help-command.ts')).helpCommand,
};

/** Runs the command line and ends the process with its exit code. */
export async function run(args: string[]): Promise<void> {
  let exitCode: number;
  try {
    exitCode = await runCommand(args);
  } catch (error) {
    exitCode = await tell(error);
  }
  // A pipe may still hold a part of the output; a connection that is given up may still be open.
  await print('');
  process.exit(exitCode);
}

async function runCommand(args: string[]): Promise<number> {
  const { command, rest } = splitCommand(args);
  const end = rest.indexOf('--');
  const words = end === -1 ? rest : rest.slice(0, end);
  if (words.includes('--help') || words.includes('-h')) {
    const help = await COMMANDS.help();
    return help(command === 'reload' ? [] : [command]);
  }
  if (words.includes('--version')) {
    await print(`${version}\n`);
    return 0;
  }
  const main = await COMMANDS[command]();
  return main(rest);
}

/** Says what went wrong, in words and without a stack; gives the exit code. */
async function tell(error: unknown): Promise<number> {
  let known: CommandError;
  if (error instanceof CommandError) known = error;
  else if (ReloadError.isInstance(error)) {
    known = new CommandError(error.message, error.hint, exitCodeOf([error.code]));
  } else {
    known = new CommandError(error instanceof Error ? error.message : String(error), null, 1);
  }
  const said = [`modelslab-reload: ${known.message}`, known.hint].filter(Boolean).join('\n');
  // Whatever was typed where: an error that quotes it must not show the key. A shorter one than this
  // is no secret, and would be found in our own words.
  const key = process.env.MODELSLAB_API_KEY?.trim() ?? '';
  process.stderr.write(`${key.length < 8 ? said : createRedactor(key)(said)}\n`);
  return known.exitCode;
}
