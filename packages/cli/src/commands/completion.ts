import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { CommandError } from '../errors.ts';
import type { Io } from '../io.ts';
import { SHELLS } from './table.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `modelslab-reload completion <shell>`: prints a script for the shell's startup file. */
export function completion({ print }: Pick<Io, 'print'>, operands: string[]): number {
  const [name, ...more] = operands;
  const shell = SHELLS.find((known) => known === name);
  if (shell === undefined || more.length > 0) {
    throw new CommandError(
      'Name one shell: bash, zsh or fish.',
      'See modelslab-reload help completion for how to use the script.',
    );
  }
  print(SCRIPTS[shell]());
  return 0;
}
