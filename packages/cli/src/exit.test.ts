import { expect, test, vi } from 'vitest';
import { TestProcess } from '../test/process.ts';

test('exit tasks run once, except those that were cancelled', () => {
  const process = new TestProcess();
  const first = vi.fn<() => void>();
  const second = vi.fn<() => void>();
  process.io.onExit(first);
  process.io.onExit(second)();
  process.io.exit(7);
  process.io.exit(7);
  expect(first).toHaveBeenCalledOnce();
  expect(second).not.toHaveBeenCalled();
  expect(process.exit.mock.calls).toEqual([[7], [7]]);
  expect(process.kill).not.toHaveBeenCalled();
});

test.each([
  ['linux', ['SIGINT']],
  ['win32', []],
] as const)('on %s the exit code 130 is given by the signals %j', (platform, signals) => {
  const process = new TestProcess({ platform });
  process.on('SIGINT', () => {});
  process.io.exit(130);
  expect(process.kill.mock.calls).toEqual(signals.map((name) => [process.pid, name]));
  // With a listener the signal would not end the process.
  expect(process.listenerCount('SIGINT')).toBe(signals.length === 0 ? 1 : 0);
  expect(process.exit.mock.calls).toEqual([[130]]);
});

test('a terminal that is closed ends the run as SIGHUP does', async () => {
  const process = new TestProcess();
  process.stdout.isTTY = true;
  const run = process.run(['--version']);
  process.stdout.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' }));
  expect(process.exit.mock.calls[0]).toEqual([129]);
  await run;
});
