import { CommandError } from '../command-error.ts';
import { shells } from '../commands.ts';
import { print } from '../stdout.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `modelslab-reload completion <shell>`: a script that the shell reads at its start. */
export async function completionCommand(args: string[]): Promise<number> {
  const [name, ...more] = args;
  const shell = shells.find((known) => known === name);
  if (shell === undefined || more.length > 0) {
    throw new CommandError(
      'Name one shell: bash, zsh or fish.',
      'See modelslab-reload help completion for how to use what it prints.',
    );
  }
  await print(SCRIPTS[shell]());
  return 0;
}
