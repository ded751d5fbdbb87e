import { listCandidates } from '../completion/candidates.ts';
import { SCRIPTS } from '../completion/scripts.ts';
import { CommandError } from '../errors.ts';
import type { Io } from '../io.ts';
import { SHELLS } from './table.ts';

/** `modelslab-reload completion <shell>`: prints a script that calls `completion candidates -- <words>`. */
export function completion({ print }: Pick<Io, 'print'>, operands: string[]): number {
  const [name, ...more] = operands;
  if (name === 'candidates') {
    for (const line of listCandidates(more)) print(`${line}\n`);
    return 0;
  }
  const shell = SHELLS.find((known) => known === name);
  if (shell === undefined || more.length > 0) {
    throw new CommandError(
      'Name one shell: bash, zsh or fish.',
      'See modelslab-reload help completion for how to use the script.',
    );
  }
  print(SCRIPTS[shell]);
  return 0;
}
