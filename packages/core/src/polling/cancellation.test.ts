import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { abort, createCancellation, createSignalHub } from './cancellation.ts';

test('A cancellation is aborted once, with the first reason, and calls each listener once.', () => {
  const call = createCancellation();
  expect(call.aborted).toBeNull();
  const listeners = [vi.fn<() => void>(), vi.fn<() => void>()];
  for (const listener of listeners) call.listeners.add(listener);
  abort(call, 'first');
  abort(call, 'second');
  expect(call.aborted).toEqual({ reason: 'first' });
  for (const listener of listeners) expect(listener).toHaveBeenCalledTimes(1);
  expect(call.listeners.size).toBe(0);
});

const count = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

test('All calls that use a signal are aborted with its reason by one listener.', () => {
  const connect = createSignalHub();
  const stop = new AbortController();
  const calls = Array.from({ length: 30 }, createCancellation);
  for (const call of calls) connect(stop.signal, call);
  expect(count(stop.signal)).toBe(1);
  stop.abort('mine');
  expect(calls.map(({ aborted }) => aborted?.reason)).toEqual(calls.map(() => 'mine'));
});

test('A disconnected call is not aborted, but the others are.', () => {
  const connect = createSignalHub();
  const stop = new AbortController();
  const [ended, waiting] = [createCancellation(), createCancellation()];
  const disconnect = connect(stop.signal, ended);
  connect(stop.signal, waiting);
  disconnect();
  stop.abort('mine');
  expect(ended.aborted).toBeNull();
  expect(waiting.aborted).toEqual({ reason: 'mine' });
});

test('A signal has a listener only while a call uses it.', () => {
  const connect = createSignalHub();
  const { signal } = new AbortController();
  const disconnects = [createCancellation(), createCancellation()].map((call) =>
    connect(signal, call),
  );
  disconnects[0]?.();
  expect(count(signal)).toBe(1);
  disconnects[1]?.();
  expect(count(signal)).toBe(0);
  connect(signal, createCancellation())();
  expect(count(signal)).toBe(0);
  connect(signal, createCancellation());
  expect(count(signal)).toBe(1);
});

test('A call whose signal has already aborted is aborted immediately and adds no listener.', () => {
  const connect = createSignalHub();
  const signal = AbortSignal.abort('before');
  const call = createCancellation();
  connect(signal, call)();
  expect(call.aborted).toEqual({ reason: 'before' });
  expect(count(signal)).toBe(0);
});

test('A call without a signal is not aborted.', () => {
  const call = createCancellation();
  createSignalHub()(undefined, call)();
  expect(call.aborted).toBeNull();
});
