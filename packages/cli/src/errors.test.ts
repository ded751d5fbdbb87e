import { ERROR_SPECS, invalidArgument, type ErrorCode } from '@modelslab-reload/core';
import { expect, test } from 'vitest';
import { TestProcess } from '../test/process.ts';
import { CommandError, exitCodeFor, exitCodeTable, reportError } from './errors.ts';

/** Returns the exit code of an error, and what is written to stderr. */
function report(error: unknown, MODELSLAB_API_KEY = 'the-api-key') {
  const { io, stderr } = new TestProcess({ env: { MODELSLAB_API_KEY } });
  const exitCode = reportError(io, error);
  return { exitCode, written: stderr.text };
}

test.each<[ErrorCode[], number]>([
  [[], 0],
  [['api_error'], 1],
  [['unauthorized', 'forbidden'], 3],
  [['wait_timeout', 'request_timeout', 'wait_timeout'], 7],
  [['model_not_found', 'network_error'], 1],
  [['model_not_found', 'server_error'], 1],
])('failures with %j end with exit code %i', (failures, exitCode) => {
  expect(exitCodeFor(failures)).toBe(exitCode);
});

test('the table of exit codes has the meaning of each error code, in the terms of the command line', () => {
  const table = new Map(exitCodeTable());
  expect([...table.keys()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 10, 129, 130, 141, 143, 149]);
  const text = [...table.values()].flat().join('\n');
  for (const code of Object.keys(ERROR_SPECS).filter((name) => name !== 'aborted')) {
    expect(text).toContain(`(${code})`);
  }
  expect(table.get(3)).toHaveLength(2);
  expect(text).toContain('--request-timeout');
  expect(text).not.toMatch(/imeoutMs|aborted\)/);
});

test.each([
  [
    'a CommandError',
    new CommandError('What.', 'Do this.\nOr that.', 9),
    9,
    'What.\nDo this.\nOr that.\n',
  ],
  ['an error of the core', invalidArgument('What.', 'Do this.'), 2, 'What.\nDo this.\n'],
  ['an unexpected error', new TypeError('x is y'), 1, /^Unexpected error: x is y\nThis is a bug/],
  ['anything else', 'text', 1, /^Unexpected error: text\n/],
])('%s is reported without a stack', (_name, error, exitCode, text) => {
  const { written, ...reported } = report(error);
  expect(reported.exitCode).toBe(exitCode);
  const [, rest = ''] = /^modelslab-reload: (.*)$/s.exec(written) ?? [];
  if (typeof text === 'string') expect(rest).toBe(text);
  else expect(rest).toMatch(text);
  expect(written).not.toMatch(/\n +at /);
});

test('an error is bounded and printable, without the key', () => {
  const error = new CommandError(`\u001B[31mred\r\n"secret-key" ${'x'.repeat(100_000)}`);
  const { written } = report(error, ' secret-key ');
  expect(written).toMatch(/^modelslab-reload: \[31mred "\[redacted\]" x+…\n$/);
  expect(written.length).toBeLessThan(3000);
});

test('a key shorter than 8 characters is not redacted, because it would match words', () => {
  const { written } = report(new CommandError('reload failed.'), 'reload');
  expect(written).toBe('modelslab-reload: reload failed.\n');
});
