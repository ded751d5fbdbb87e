import { invalidArgument } from '@modelslab-reload/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TestProcess } from '../test/process.ts';
import { runWithSignals } from './signals.ts';

let process: TestProcess;

beforeEach(() => {
  process = new TestProcess();
});
afterEach(() => void vi.restoreAllMocks());

const start = (task: Parameters<typeof runWithSignals>[1]) => runWithSignals(process.io, task);

test('without a signal the exit code is that of the task', async () => {
  expect(await start(() => Promise.resolve(4))).toBe(4);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGBREAK', 149],
] as const)('%s aborts the task, and the exit code is %i', async (name, exitCode) => {
  const run = start(async (signal) => {
    process.emit(name, name);
    expect(signal.aborted).toBe(true);
    return 4;
  });
  expect(await run).toBe(exitCode);
  expect(process.exit).not.toHaveBeenCalled();
});

test('the same signal twice in a row counts once, because a script runner forwards Ctrl-C', async () => {
  await start(async () => {
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGTERM', 'SIGTERM');
    return 0;
  });
  expect(process.exit).not.toHaveBeenCalled();
});

test.each([
  [199, []],
  [200, [[143]]],
])('a second signal after %i ms ends the process with the exit codes %j', async (ms, exits) => {
  vi.spyOn(performance, 'now')
    .mockReturnValueOnce(1000)
    .mockReturnValueOnce(1000 + ms);
  await start(async () => {
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGTERM', 'SIGTERM');
    return 0;
  });
  expect(process.exit.mock.calls).toEqual(exits);
});

test('a signal after the task ends the process', async () => {
  await start(() => Promise.resolve(0));
  process.emit('SIGHUP', 'SIGHUP');
  expect(process.exit.mock.calls).toEqual([[129]]);
});

test('an error of an aborted task keeps its message and gets the exit code of the signal', async () => {
  const run = start(async () => {
    process.emit('SIGTERM', 'SIGTERM');
    throw invalidArgument('Stopped early.', 'Again.');
  });
  await expect(run).rejects.toMatchObject({
    message: 'Stopped early.',
    hint: 'Again.',
    exitCode: 143,
  });
});

test('an error is thrown unchanged without a signal, and so is an unexpected one after a signal', async () => {
  const known = invalidArgument('Known.');
  await expect(start(() => Promise.reject(known))).rejects.toBe(known);
  const error = new TypeError('unforeseen');
  await expect(start(() => Promise.reject(error))).rejects.toBe(error);
  const run = start(async () => {
    process.emit('SIGINT', 'SIGINT');
    throw error;
  });
  await expect(run).rejects.toBe(error);
});

test('an uncaught exception aborts the task and is thrown when the task has ended', async () => {
  const error = new TypeError('nobody catches it');
  let isDone = false;
  const run = start(async (signal) => {
    process.emit('uncaughtException', error);
    expect(signal.aborted).toBe(true);
    await Promise.resolve();
    isDone = true;
    return 0;
  });
  await expect(run).rejects.toBe(error);
  expect(isDone).toBe(true);
});

test('an uncaught exception is thrown instead of the error of the aborted task', async () => {
  const error = new TypeError('nobody catches it');
  const run = start(async () => {
    process.emit('uncaughtException', error);
    throw invalidArgument('Aborted.');
  });
  await expect(run).rejects.toBe(error);
});
