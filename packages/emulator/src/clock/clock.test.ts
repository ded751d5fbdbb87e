import { expect, test, vi } from 'vitest';
import { SYSTEM_CLOCK } from './clock.ts';

test("The system clock sleeps on a test runner's fake timers, and until its signal aborts.", async () => {
  vi.useFakeTimers();
  try {
    const stop = new AbortController();
    const sleeps = [SYSTEM_CLOCK.sleep(60_000), SYSTEM_CLOCK.sleep(120_000, stop.signal)];
    const startedAt = SYSTEM_CLOCK.now();
    await vi.advanceTimersByTimeAsync(60_000);
    stop.abort();
    await Promise.all(sleeps);
    expect(SYSTEM_CLOCK.now() - startedAt).toBe(60_000);
  } finally {
    vi.useRealTimers();
  }
});
