import { invalidArgument } from '@modelslab-reload/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isolateProcessListeners } from '../test/process-listeners.ts';
import { endProcess, onExit, runWithSignals } from './signals.ts';

isolateProcessListeners();

const exit = vi.fn<typeof process.exit>();
const kill = vi.fn<typeof process.kill>(() => true);

beforeEach(() => {
  vi.spyOn(process, 'exit').mockImplementation(exit);
  vi.spyOn(process, 'kill').mockImplementation(kill);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.clearAllMocks();
});

test('without a signal the exit code is that of the task', async () => {
  expect(await runWithSignals(() => Promise.resolve(4))).toBe(4);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s aborts the task, and the exit code is %i', async (name, exitCode) => {
  const run = runWithSignals(async (signal) => {
    process.emit(name, name);
    expect(signal.aborted).toBe(true);
    return 4;
  });
  expect(await run).toBe(exitCode);
  expect(exit).not.toHaveBeenCalled();
});

test('the same signal twice in a row counts once, because a script runner forwards Ctrl-C', async () => {
  await runWithSignals(async () => {
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGTERM', 'SIGTERM');
    return 0;
  });
  expect(exit).not.toHaveBeenCalled();
});

test.each([
  [199, []],
  [200, [[143]]],
])('a second signal after %i ms ends the process with the exit codes %j', async (ms, exits) => {
  vi.spyOn(performance, 'now')
    .mockReturnValueOnce(1000)
    .mockReturnValueOnce(1000 + ms);
  await runWithSignals(async () => {
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGTERM', 'SIGTERM');
    return 0;
  });
  expect(exit.mock.calls).toEqual(exits);
});

test('a signal after the task ends the process', async () => {
  await runWithSignals(() => Promise.resolve(0));
  process.emit('SIGHUP', 'SIGHUP');
  expect(exit.mock.calls).toEqual([[129]]);
});

test('an error of an aborted task keeps its message and gets the exit code of the signal', async () => {
  const run = runWithSignals(async () => {
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
  await expect(runWithSignals(() => Promise.reject(known))).rejects.toBe(known);
  const error = new TypeError('unforeseen');
  await expect(runWithSignals(() => Promise.reject(error))).rejects.toBe(error);
  const run = runWithSignals(async () => {
    process.emit('SIGINT', 'SIGINT');
    throw error;
  });
  await expect(run).rejects.toBe(error);
});

test('an uncaught exception aborts the task and is thrown when the task has ended', async () => {
  const error = new TypeError('nobody catches it');
  let isDone = false;
  const run = runWithSignals(async (signal) => {
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
  const run = runWithSignals(async () => {
    process.emit('uncaughtException', error);
    throw invalidArgument('Aborted.');
  });
  await expect(run).rejects.toBe(error);
});

test('exit tasks run once, except those that were cancelled', () => {
  const first = vi.fn<() => void>();
  const second = vi.fn<() => void>();
  onExit(first);
  onExit(second)();
  endProcess(7);
  endProcess(7);
  expect(first).toHaveBeenCalledOnce();
  expect(second).not.toHaveBeenCalled();
  expect(exit.mock.calls).toEqual([[7], [7]]);
  expect(kill).not.toHaveBeenCalled();
});

test.each([
  ['linux', ['SIGINT']],
  ['win32', []],
] as const)('on %s the exit code 130 is given by the signals %j', (platform, signals) => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
  process.on('SIGINT', () => {});
  endProcess(130);
  expect(kill.mock.calls).toEqual(signals.map((name) => [process.pid, name]));
  // With a listener the signal would not end the process.
  expect(process.listenerCount('SIGINT')).toBe(signals.length === 0 ? 1 : 0);
  expect(exit.mock.calls).toEqual([[130]]);
});
