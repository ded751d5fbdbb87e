import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TestProcess } from '../../test/process.ts';
import { nameOf, readInput, reasonOf } from './read-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
const input = { what: 'ids', maxBytes: 131_072 };

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

// A stream delivers a file in chunks of 64 KiB.
const SPLIT = `${'a'.repeat(65_535)}é`;

test.each<[string, string | Uint8Array, string]>([
  ['UTF-8', 'é\n', 'é\n'],
  ['a byte order mark', '\uFEFFa', 'a'],
  ['UTF-16, as Windows PowerShell writes it', Buffer.from('\uFEFFé\r\n', 'utf16le'), 'é\r\n'],
  ['a character across two chunks', SPLIT, SPLIT],
  ['nothing', '', ''],
])('%s is read', async (_name, content, text) => {
  expect(await readInput(new TestProcess(), write('good.txt', content), input)).toBe(text);
});

test.each<[string, string | Uint8Array, RegExp]>([
  ['bytes that are not UTF-8', Uint8Array.of(0xc3, 0x28), /bad\.txt is not UTF-8 text\.$/],
  ['zeros', new Uint8Array(1000), /bad\.txt is not UTF-8 text\.$/],
  ['more than is accepted', 'x'.repeat(131_073), /bad\.txt is too large: the limit is 128 KiB/],
])('%s are rejected', async (_name, content, message) => {
  await expect(readInput(new TestProcess(), write('bad.txt', content), input)).rejects.toThrow(
    message,
  );
});

test('input of exactly the maximum size is read', async () => {
  const text = 'x'.repeat(131_072);
  expect(await readInput(new TestProcess(), write('full.txt', text), input)).toBe(text);
});

test.each([
  ['missing.txt', 'missing.txt cannot be read: no such file or directory.'],
  ['.', '. cannot be read: illegal operation on a directory.'],
])('%s cannot be read', async (path, message) => {
  await expect(readInput(new TestProcess(), path, input)).rejects.toThrow(message);
});

describe('Standard input', () => {
  test('is read for -, and a file of this name is not.', async () => {
    const process = new TestProcess({ input: 'a\nb\n' });
    expect(await readInput(process, '-', input)).toBe('a\nb\n');
    await expect(readInput(process, '--', input)).rejects.toThrow('-- cannot be read');
  });

  test('is named in messages.', async () => {
    const process = new TestProcess({ input: 'x'.repeat(131_073) });
    await expect(readInput(process, '-', input)).rejects.toThrow(
      'standard input is too large: the limit is 128 KiB.',
    );
    expect([nameOf('-'), nameOf('ids.txt')]).toEqual(['standard input', 'ids.txt']);
  });

  test('that is a terminal is rejected, but a file is still read.', async () => {
    const process = new TestProcess({ input: 'typed' });
    process.stdin.isTTY = true;
    await expect(readInput(process, '-', input)).rejects.toMatchObject({
      message: 'Standard input is a terminal, so no ids can be read from it.',
      hint: 'Pipe the ids in, or use a file instead of -.',
    });
    expect(await readInput(process, write('beside.txt', 'a'), input)).toBe('a');
  });
});

test.each<[unknown, string]>([
  [Object.assign(new Error('x'), { code: 'EACCES' }), 'permission denied'],
  [Object.assign(new Error('x'), { code: 'EPERM' }), 'operation not permitted'],
  [Object.assign(new Error('x'), { code: 'ENOSPC' }), 'no space left on device'],
  [Object.assign(new Error('Denied.'), { code: 'ERR_ACCESS_DENIED' }), 'Denied'],
  [Object.assign(new Error('odd'), { code: 'EODD' }), 'odd'],
  [new Error('plain'), 'plain'],
  [new Error('Use another. Or none.'), 'Use another. Or none'],
  ['a text', 'a text'],
])('The reason of %j is: %s', (error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});

test.each([[Uint8Array.of(0xff, 0x61)], [Uint8Array.of(0x61, 0xfe)], [Uint8Array.of(0xff)]])(
  'Half of a UTF-16 byte order mark does not make %j text.',
  async (bytes) => {
    await expect(
      readInput(new TestProcess(), write('half.txt', bytes), input),
    ).rejects.toMatchObject({
      hint: 'Save it as UTF-8.',
    });
  },
);
