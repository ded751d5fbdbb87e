import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { systemClock } from './system-clock.ts';

test('A sleep ends at its time or when its signal aborts, and leaves no listener.', async () => {
  const stop = new AbortController();
  const listeners = () => getEventListeners(stop.signal, 'abort').length;
  await systemClock.sleep(1, stop.signal);
  expect(listeners()).toBe(0);
  const sleeping = systemClock.sleep(60_000, stop.signal);
  expect(listeners()).toBe(1);
  stop.abort();
  await sleeping;
  expect(listeners()).toBe(0);
  await systemClock.sleep(60_000, stop.signal);
});
