import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { SYSTEM_CLOCK } from './clock.ts';
import { createVirtualClock } from './virtual-clock.ts';

test('sleepers wake in the order of their times, and in the order of arrival at the same time', async () => {
  const clock = createVirtualClock(1000);
  const woken: string[] = [];
  await clock.run(async () => {
    const naps: [string, number][] = [
      ['late', 300],
      ['first of two', 200],
      ['second of two', 200],
      ['early', 100],
      ['immediately', 0],
    ];
    await Promise.all(
      naps.map(async ([name, ms]) => {
        await clock.sleep(ms);
        woken.push(`${clock.now()} ${name}`);
      }),
    );
  });
  expect(woken).toEqual([
    '1000 immediately',
    '1100 early',
    '1200 first of two',
    '1200 second of two',
    '1300 late',
  ]);
});

test('thousands of sleepers, half of them aborted, wake in order', async () => {
  const clock = createVirtualClock();
  const times = Array.from({ length: 4000 }, (_, index) => (index * 7919) % 4001);
  const woken: number[] = [];
  await clock.run(async () => {
    const naps = times.map(async (ms) => {
      const nap = new AbortController();
      const sleeping = clock.sleep(ms, nap.signal);
      if (ms % 2 === 1) nap.abort();
      await sleeping;
      if (ms % 2 === 0) woken.push(clock.now());
    });
    await Promise.all(naps);
  });
  expect(woken).toEqual(times.filter((ms) => ms % 2 === 0).toSorted((a, b) => a - b));
});

test('the first of two sleepers may cancel the second, which has the same time', async () => {
  const clock = createVirtualClock();
  const nap = new AbortController();
  const woken: string[] = [];
  await clock.run(async () => {
    const first = clock.sleep(10).then(() => nap.abort());
    const second = clock.sleep(10).then(() => woken.push('second'));
    const third = clock.sleep(10, nap.signal).then(() => woken.push('cancelled'));
    await Promise.all([first, second, third]);
  });
  expect(woken).toEqual(['cancelled', 'second']);
});

test.each([
  ['system', SYSTEM_CLOCK],
  ['virtual', createVirtualClock()],
])(
  '%s: an abort ends a sleep early, without an error, and leaves no listener',
  async (_, clock) => {
    const { signal, abort } = abortable();
    const sleeping = clock.sleep(60_000, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    abort();
    await sleeping;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await clock.sleep(60_000, signal);
  },
);

test('the time does not move to an aborted sleeper', async () => {
  const clock = createVirtualClock();
  const { signal, abort } = abortable();
  const hanging = clock.run(async () => {
    const sleeping = clock.sleep(60_000, signal);
    abort();
    await sleeping;
    await new Promise(() => {});
  });
  await expect(hanging).rejects.toThrow('Nothing is left to wait for at 0 ms');
});

test('a hanging task is detected, even in an endless sleep', async () => {
  const clock = createVirtualClock();
  const hanging = clock.run(async () => {
    await clock.sleep(5);
    await clock.sleep(Infinity);
  });
  await expect(hanging).rejects.toThrow('Nothing is left to wait for at 5 ms');
});

test('run returns the result of the task, and throws its error', async () => {
  const clock = createVirtualClock();
  expect(await clock.run(async () => 'done')).toBe('done');
  await expect(clock.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(clock.run(throwImmediately)).rejects.toThrow('immediately');
});

function throwImmediately(): Promise<void> {
  throw new Error('immediately');
}

test('the system clock sleeps, even for longer than a timer can', async () => {
  const before = performance.now();
  await SYSTEM_CLOCK.sleep(20);
  expect(performance.now() - before).toBeGreaterThan(15);

  const { signal, abort } = abortable();
  let isAwake = false;
  const sleeping = SYSTEM_CLOCK.sleep(2 ** 40, signal).then(() => (isAwake = true));
  await SYSTEM_CLOCK.sleep(20);
  expect(isAwake).toBe(false);
  abort();
  await sleeping;
});

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
