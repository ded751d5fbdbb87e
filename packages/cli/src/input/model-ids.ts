import { checkModelId, ReloadError } from '@modelslab-reload/core';
import { CommandError } from '../errors.ts';
import { nameOf, readInput } from './read-input.ts';

/** Enough for more than 10,000 Outcomes. */
const MAX_BYTES = 64 * 1024 * 1024;
/** More short ids than this would not fit into memory. */
const MAX_IDS = 1_000_000;

/** A model id, and where it was given, such as `models.txt:3`. */
export interface SourcedId {
  id: string;
  source: string;
}

/** Returns the ids of the arguments and of the files (`-` is standard input), in this order. */
export async function collectIds(
  process: Pick<NodeJS.Process, 'stdin'>,
  args: string[],
  files: string[],
): Promise<SourcedId[]> {
  const collected = args.map((id, index) => ({ id, source: `argument ${index + 1}` }));
  for (const path of files) {
    const name = nameOf(path);
    const text = await readInput(process, path, { what: 'ids', maxBytes: MAX_BYTES });
    const ids = parseIds(text, name);
    if (ids.length === 0) {
      throw new CommandError(
        `No model ids found in ${name}.`,
        'Give one id per line, or JSON; # at the start of a line, or after a space, starts a comment.',
      );
    }
    for (const id of ids) collected.push(id);
  }
  return collected;
}

/**
 * Parses ids: one per line, with `#` comments at the start of a line or after a space; or a JSON array,
 * or one JSON value per line, of ids or of objects with a `modelId`, as this command prints them.
 */
export function parseIds(text: string, name: string): SourcedId[] {
  const start = text.trimStart().charAt(0);
  if (start === '[') return parseJsonArray(text, name);
  const isJson = start === '{' || start === '"';
  const ids: SourcedId[] = [];
  let number = 0;
  // One line at a time, because millions of lines may be empty.
  for (const [, line = ''] of text.matchAll(/([^\r\n]*)(?:\r\n?|\n|$)/g)) {
    const source = `${name}:${++number}`;
    const content = isJson ? line.trim() : line.replace(/(?:^|\s)#[^]*$/, '').trim();
    if (content === '') continue;
    ids.push({ id: isJson ? toId(parseJson(content, source), source) : content, source });
    checkCount(ids.length, name);
  }
  return ids;
}

function parseJsonArray(text: string, name: string): SourcedId[] {
  const items: unknown[] = parseJson(text, name);
  checkCount(items.length, name);
  return items.map((item, index) => {
    const source = `${name}, item ${index + 1}`;
    return { id: toId(item, source), source };
  });
}

function checkCount(count: number, name: string): void {
  if (count <= MAX_IDS) return;
  throw new CommandError(`${name} has more than ${MAX_IDS} ids.`, 'Split it.');
}

function parseJson(text: string, source: string) {
  try {
    return JSON.parse(text);
  } catch {
    // The message of JSON.parse would quote the text.
    throw new CommandError(
      `${source} looks like JSON but is not valid JSON.`,
      'Give one id per line, a JSON array of ids, or what this command prints with --output json or ndjson.',
    );
  }
}

function toId(item: unknown, source: string): string {
  const id: unknown = typeof item === 'string' ? item : Object(item).modelId;
  if (typeof id === 'string') return id;
  throw new CommandError(
    `${source} is neither a model id nor an object with a modelId.`,
    'Give a JSON array of ids, or what this command prints with --output json or ndjson.',
  );
}

/** Rejects the first invalid id, with its location. */
export function checkIds(ids: readonly SourcedId[], apiKey: string): void {
  for (const { id, source } of ids) {
    const fault = findFault(id, apiKey);
    if (fault !== null) throw new CommandError(`${source}: ${fault.message}`, fault.hint);
  }
}

/** Returns why an id is invalid, or null. */
export function findFault(id: string, apiKey: string): ReloadError | null {
  try {
    checkModelId(id, apiKey);
    return null;
  } catch (error) {
    if (ReloadError.isInstance(error)) return error;
    throw error;
  }
}
