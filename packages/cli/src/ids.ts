import { checkModelId, ReloadError } from '@modelslab-reload/core';
import { CommandError } from './command-error.ts';
import { readInput } from './input.ts';

/** A model id, and where it was given, as a person knows the place. */
export interface GivenId {
  id: string;
  where: string;
}

/** The ids of the arguments and of the files (`-` is standard input), in this order. */
export async function gatherIds(args: string[], files: string[]): Promise<GivenId[]> {
  const given = args.map((id, at) => ({ id, where: `argument ${at + 1}` }));
  for (const path of files) {
    const name = path === '-' ? 'standard input' : path;
    const found = idsIn(await readInput(path, 'ids'), name);
    if (found.length === 0) {
      throw new CommandError(
        `There is no model id in ${name}.`,
        'Give one id a line; # at the start of a line, or after a blank, starts a comment.',
      );
    }
    given.push(...found);
  }
  return given;
}

/** One id a line. A comment starts with # at the line's start or after a blank. */
export function idsIn(text: string, name: string): GivenId[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line, at) => ({
      id: line.replace(/(?:^|\s)#.*$/, '').trim(),
      where: `${name}, line ${at + 1}`,
    }))
    .filter(({ id }) => id !== '');
}

/** Throws a {@link CommandError} that names the place of the first id that cannot be a model's. */
export function checkIds(given: readonly GivenId[], apiKey: string): void {
  for (const { id, where } of given) {
    try {
      checkModelId(id, apiKey);
    } catch (error) {
      if (!ReloadError.isInstance(error)) throw error;
      throw new CommandError(`${where}: ${error.message}`, error.hint);
    }
  }
}
