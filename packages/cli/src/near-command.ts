import { commandNames, type CommandName } from './commands.ts';

/** The command that a word nearly is: one letter more, less, other, or two that changed places. */
export function nearCommand(word: string): CommandName | null {
  return commandNames.find((name) => name !== word && isOneSlip(word, name)) ?? null;
}

function isOneSlip(word: string, name: string): boolean {
  const start = name.split('').findIndex((letter, at) => letter !== word[at]);
  const [wordRest, nameRest] =
    start === -1 ? [word.slice(name.length), ''] : [word.slice(start), name.slice(start)];
  const swapped = `${nameRest[1] ?? ''}${nameRest[0] ?? ''}${nameRest.slice(2)}`;
  return (
    wordRest.slice(1) === nameRest ||
    wordRest === nameRest.slice(1) ||
    wordRest.slice(1) === nameRest.slice(1) ||
    wordRest === swapped
  );
}
