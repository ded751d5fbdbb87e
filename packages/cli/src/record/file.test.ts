import fs from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { needsFileModes } from '../../../../scripts/vitest/needs.ts';
import { TestProcess } from '../../test/process.ts';
import * as record from './file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
  path = join(folder, 'record.ndjson');
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

const openRecord = (file: string, inputFiles: string[], testProcess = new TestProcess()) =>
  record.openRecord(testProcess.io, file, inputFiles);

/** Returns a spy on a function of node:fs, also for the modules that have imported it. */
function spyOnFs<Name extends 'writeFileSync' | 'fstatSync'>(name: Name) {
  const spy = vi.spyOn(fs, name);
  syncBuiltinESMExports();
  return spy;
}

function mockFstat(stats: (file: number) => fs.BigIntStats): void {
  spyOnFs('fstatSync').mockImplementation(stats);
}

const read = (file: string) => fs.readFileSync(file, 'utf8');

test('each value is a line, which is written immediately', () => {
  const write = openRecord(path, []);
  write({ a: 1 });
  expect(read(path)).toBe('{"a":1}\n');
  write({ a: '\n' });
  expect(read(path)).toBe('{"a":1}\n{"a":"\\n"}\n');
});

test('a new file is readable only by its owner', (context) => {
  needsFileModes(context);
  openRecord(path, []);
  expect(fs.statSync(path).mode & 0o777).toBe(0o600);
});

test('an existing file is replaced and keeps its mode', () => {
  fs.writeFileSync(path, 'old\n', { mode: 0o644 });
  const { mode } = fs.statSync(path);
  openRecord(path, []);
  expect([read(path), fs.statSync(path).mode]).toEqual(['', mode]);
});

test.for([
  ['hard link', fs.linkSync],
  ['symbolic link', fs.symlinkSync],
] as const)('an input file is not overwritten through a %s', ([kind, link], context) => {
  if (kind === 'symbolic link') needsFileModes(context);
  const input = join(folder, 'ids.txt');
  fs.writeFileSync(input, 'a\n');
  link(input, path);
  for (const output of [path, input, join(folder, '.', 'ids.txt')]) {
    expect(() => openRecord(output, ['-', input])).toThrow(
      expect.objectContaining({
        message: `--record would overwrite ${input}, which is read.`,
        hint: 'Use another file.',
      }),
    );
  }
  expect(read(input)).toBe('a\n');
  expect(fs.readdirSync(folder).toSorted()).toEqual(['ids.txt', 'record.ndjson']);
});

test('the file of standard input is not overwritten, but only if it is read', () => {
  fs.writeFileSync(path, 'a\n');
  const input = fs.statSync(path, { bigint: true });
  // Some versions of Node have more bits for a path than for a descriptor.
  input.dev |= 1n << 40n;
  const output = fs.statSync(folder, { bigint: true });
  mockFstat((file) => (file === 0 ? input : output));
  expect(() => openRecord(path, ['-'])).toThrow(
    '--record would overwrite standard input, which is read.',
  );
  expect(read(path)).toBe('a\n');
  openRecord(path, []);
  expect(read(path)).toBe('');
});

test('the file of stdout is rejected, because its results would be overwritten', () => {
  fs.writeFileSync(path, 'a\n');
  const output = fs.statSync(path, { bigint: true });
  mockFstat(() => output);
  expect(() => openRecord(path, [])).toThrow('--record needs a file: stdout is for the results.');
  expect(read(path)).toBe('a\n');
});

test('files that do not exist yet are compared by their paths', () => {
  const other = join(folder, 'other');
  expect(() => openRecord(other, [`${folder}/./other`])).toThrow('would overwrite');
  expect(fs.existsSync(other)).toBe(false);
  openRecord(path, ['-', other]);
});

test('the input - is not a file of this name', () => {
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  fs.writeFileSync(join(folder, '-'), 'a');
  openRecord(join(folder, '-'), ['-']);
  expect(read(join(folder, '-'))).toBe('');
});

test('two runs cannot write one file, and the second can after the first', () => {
  fs.writeFileSync(path, 'old\n');
  fs.writeFileSync(`${path}.lock`, String(process.ppid));
  expect(() => openRecord(path, [])).toThrow(
    expect.objectContaining({
      message: `Another run writes ${fs.realpathSync(path)} (process ${process.ppid}).`,
      hint: expect.stringContaining('record.ndjson.lock'),
      exitCode: 2,
    }),
  );
  expect(read(path)).toBe('old\n');
  fs.rmSync(`${path}.lock`);
  const testProcess = new TestProcess();
  openRecord(path, [], testProcess);
  expect(read(`${path}.lock`)).toBe(String(process.pid));
  testProcess.io.exit(0);
  expect(fs.readdirSync(folder)).toEqual(['record.ndjson']);
});

test('two runs cannot write one new file, of which one has a link', (context) => {
  needsFileModes(context);
  const link = join(folder, 'link.ndjson');
  fs.symlinkSync(path, link);
  const testProcess = new TestProcess();
  openRecord(link, [], testProcess);
  expect(fs.readdirSync(folder).toSorted()).toEqual([
    'link.ndjson',
    'record.ndjson',
    'record.ndjson.lock',
  ]);
  testProcess.io.exit(0);
});

test('a lock whose owner has not written its id yet is held', () => {
  fs.writeFileSync(`${path}.lock`, '');
  expect(() => openRecord(path, [])).toThrow('(process unknown)');
});

test('a lock that a killed process left behind is replaced', async () => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'close');
  // In another container, this process may have had the same id.
  for (const owner of [String(child.pid), String(process.pid), 'garbage']) {
    fs.writeFileSync(`${path}.lock`, owner);
    const testProcess = new TestProcess();
    openRecord(path, [], testProcess);
    testProcess.io.exit(0);
  }
  expect(fs.readdirSync(folder)).toEqual(['record.ndjson']);
});

test('a lock that cannot be written, on a full disk, is not left behind', () => {
  spyOnFs('writeFileSync').mockImplementationOnce((file) => {
    fs.closeSync(fs.openSync(String(file), 'wx'));
    throw Object.assign(new Error('full'), { code: 'ENOSPC' });
  });
  openRecord(path, []);
  expect(fs.readdirSync(folder)).toEqual(['record.ndjson']);
});

test('a write failure ends the record with one message, but not the run', () => {
  const testProcess = new TestProcess();
  const write = openRecord(path, [], testProcess);
  const full = Object.assign(new Error('ENOSPC: \u001B[2J'), { code: 'ENOSPC' });
  spyOnFs('writeFileSync').mockImplementation(() => {
    throw full;
  });
  write(1);
  write(2);
  expect(testProcess.stderr.text).toBe(
    'modelslab-reload: The record ends here: no space left on device.\n',
  );
});

test.each([
  ['-', '--record needs a file: stdout is for the results.', 'such as --record record.ndjson.'],
  [
    'missing/record',
    'missing/record cannot be written: no such file or directory.',
    'writable folder.',
  ],
  ['.', '. cannot be written: it is a folder.', 'writable folder.'],
])('the file %s is rejected: %s', (file, message, hint) => {
  expect(() => openRecord(file, [])).toThrow(
    expect.objectContaining({ message, hint: expect.stringContaining(hint) }),
  );
  expect(fs.existsSync(join(dirname(file), 'record.lock'))).toBe(false);
});

test('on Windows a name that it cannot store is rejected', () => {
  const windows = new TestProcess({ platform: 'win32' });
  expect(() => openRecord('NUL', [], windows)).toThrow(
    '--record NUL: NUL is a reserved name on Windows.',
  );
});
