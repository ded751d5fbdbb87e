import { readFile } from 'node:fs/promises';
import { CommandError } from './command-error.ts';

/** The text of a file, or of standard input for `-`; without a byte order mark. */
export async function readInput(path: string, what: string): Promise<string> {
  return path === '-'
    ? decode(await readStdin(what), 'standard input')
    : decode(await readPath(path), path);
}

async function readPath(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${reasonOf(error)}.`);
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'there is no such folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

/** Why a file cannot be read or written, in words where the system code is a common one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? error.message;
}

async function readStdin(what: string): Promise<Uint8Array> {
  const { stdin } = process;
  if (stdin.isTTY) {
    throw new CommandError(
      `Standard input is a terminal, so there is no ${what} to read from it.`,
      `Pipe the ${what} in, or name a file in place of -.`,
    );
  }
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    throw new CommandError(`Standard input cannot be read: ${reasonOf(error)}.`);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array, name: string): string {
  // What `>` writes in Windows PowerShell.
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    // The decoder takes a byte order mark away.
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CommandError(`${name} is not text in UTF-8.`, 'Save it as UTF-8.');
  }
}
