import { getEventListeners } from 'node:events';
import { createVirtualClock } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { createFailure } from '../errors.ts';
import { startRun } from './run.ts';

const stopped = createFailure('unauthorized', 'Invalid API key');

function start(signal?: AbortSignal) {
  const clock = createVirtualClock();
  return { clock, run: startRun(clock, { timeoutMs: 1000, signal }) };
}

test('an abort halts and cuts', () => {
  const caller = new AbortController();
  const { run } = start(caller.signal);
  expect(run.ending()).toBeNull();
  caller.abort();
  expect([run.ending(), run.halted.isShut, run.cut.isShut]).toEqual(['aborted', true, true]);
});

test('a stop halts, but lets open requests finish', () => {
  const { run } = start();
  run.stop(stopped);
  expect([run.ending(), run.halted.isShut, run.cut.isShut]).toEqual([stopped, true, false]);
});

test('the first ending counts', () => {
  const caller = new AbortController();
  const { run } = start(caller.signal);
  run.stop(stopped);
  caller.abort();
  expect(run.ending()).toBe(stopped);
  expect(run.cut.isShut).toBe(true);
});

test('the longest pause counts', () => {
  const { run } = start();
  run.pause(300);
  run.pause(100);
  expect(run.pausedUntil()).toBe(300);
});

test('a run that is closed listens to nobody and ends no more', async () => {
  const caller = new AbortController();
  const { clock, run } = start(caller.signal);
  expect(getEventListeners(caller.signal, 'abort')).toHaveLength(1);
  run.close();
  expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  run.abort();
  await clock.run(() => clock.sleep(2000));
  expect(run.ending()).toBeNull();
});
