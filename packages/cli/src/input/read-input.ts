import { createReadStream } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { CommandError } from '../errors.ts';

export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** Returns the text of a file, or of standard input for `-`. `what` describes it in messages. */
export async function readInput(
  { stdin }: Pick<NodeJS.Process, 'stdin'>,
  path: string,
  { what, maxBytes }: { what: string; maxBytes: number },
): Promise<string> {
  const name = nameOf(path);
  if (path === '-' && stdin.isTTY) {
    throw new CommandError(
      `Standard input is a terminal, so no ${what} can be read from it.`,
      `Pipe the ${what} in, or use a file instead of -.`,
    );
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    const stream: AsyncIterable<Buffer> = path === '-' ? stdin : createReadStream(path);
    for await (const chunk of stream) {
      bytes += chunk.length;
      // A device such as /dev/zero never ends.
      if (bytes > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new CommandError(`${name} cannot be read: ${reasonOf(error)}.`);
  }
  if (bytes > maxBytes) {
    throw new CommandError(`${name} is too large: the limit is ${maxBytes / 1024} KiB.`);
  }
  return decode(Buffer.concat(chunks), name);
}

/** Returns why a file cannot be read or written, without a period: the system's words, or those of the error. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const [, words] = [...getSystemErrorMap().values()].find(([known]) => known === code) ?? [];
  return words ?? (error instanceof Error ? error.message.replace(/\.$/, '') : String(error));
}

/** Returns the code of a system error, such as `ENOENT`; empty for other errors. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function decode(bytes: Uint8Array, name: string): string {
  // Windows PowerShell's `>` writes UTF-16.
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    // The decoder removes a byte order mark.
    const text = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Not text either.
  }
  throw new CommandError(`${name} is not UTF-8 text.`, 'Save it as UTF-8.');
}
