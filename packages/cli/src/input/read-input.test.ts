import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readInput } from './read-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
const input = { what: 'ids', maxBytes: 131_072 };

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

// A stream hands a file over in pieces of 64 KiB.
const SPLIT = `${'a'.repeat(65_535)}é`;

test.each<[string, string | Uint8Array, string]>([
  ['UTF-8', 'é\n', 'é\n'],
  ['a byte order mark', '\uFEFFa', 'a'],
  ['UTF-16, as Windows PowerShell writes it', Buffer.from('\uFEFFé\r\n', 'utf16le'), 'é\r\n'],
  ['a character across two pieces', SPLIT, SPLIT],
  ['nothing', '', ''],
])('%s is read', async (_name, content, text) => {
  expect(await readInput(write('good.txt', content), input)).toBe(text);
});

test.each<[string, string | Uint8Array, RegExp]>([
  ['bytes that are not UTF-8', Uint8Array.of(0xc3, 0x28), /bad\.txt is not UTF-8 text\.$/],
  ['zeros', new Uint8Array(1000), /bad\.txt is not UTF-8 text\.$/],
  ['more than is accepted', 'x'.repeat(131_073), /bad\.txt is too large: the limit is 128 KiB/],
])('%s are rejected', async (_name, content, message) => {
  await expect(readInput(write('bad.txt', content), input)).rejects.toThrow(message);
});

test('input of exactly the maximum size is read', async () => {
  const text = 'x'.repeat(131_072);
  expect(await readInput(write('full.txt', text), input)).toBe(text);
});

test.each([
  ['missing.txt', 'missing.txt cannot be read: no such file or folder.'],
  ['.', '. cannot be read: it is a folder.'],
])('%s cannot be read', async (path, message) => {
  await expect(readInput(path, input)).rejects.toThrow(message);
});
