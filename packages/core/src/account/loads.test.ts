import { beforeEach, describe, expect, test } from 'vitest';
import { FakeTarget } from '../../test/fake-target.ts';
import { Loads } from './loads.ts';

const USUAL = 135_000;

let loads: Loads;
beforeEach(() => {
  loads = new Loads({ pollIntervalMs: null });
});

/** Adds a model without callers. */
const add = (now: number, isCertain = false) => {
  const target = new FakeTarget();
  loads.add(target, isCertain, now);
  return target;
};
/** Replaces a load again and again; returns the assumed time after each result, in seconds. */
const adapt = (results: ('confirm' | 'restore')[], isDue = true) =>
  results.map((result, request) => {
    loads.replaceNext(request, isDue);
    loads[result](request);
    if (loads.size === 0) add(0);
    return loads.nextEndAt() / 1000;
  });

describe('The next load ends', () => {
  test('never if there is none.', () => {
    expect(loads.nextEndAt()).toBe(Infinity);
  });

  test('after its usual time if nothing tells when it has loaded, the earliest first.', () => {
    add(2000);
    add(1000);
    add(3000);
    expect(loads.nextEndAt()).toBe(1000 + USUAL);
  });

  test('when its next poll would be due if the API returned processing.', () => {
    add(0);
    add(0, true).nextAt = 128_000;
    expect(loads.nextEndAt()).toBe(128_000);
  });

  test('not by itself while it has callers.', () => {
    const target = add(0);
    target.addCaller();
    expect(loads.nextEndAt()).toBe(Infinity);
    target.callers.clear();
    expect(loads.nextEndAt()).toBe(USUAL);
  });
});

describe('A load', () => {
  test('that is accepted again counts from then.', () => {
    const target = add(0);
    loads.add(target, true, 50_000);
    target.nextAt = 90_000;
    expect([loads.size, loads.nextEndAt(), loads.hasCertain()]).toEqual([1, 90_000, true]);
    expect(loads.areSince(50_000)).toBe(true);
    expect(loads.areSince(50_001)).toBe(false);
  });

  test('that is deleted is no longer loading.', () => {
    const target = add(0, true);
    expect([loads.delete(target), loads.delete(target)]).toEqual([true, false]);
    expect([loads.size, loads.hasCertain()]).toEqual([0, false]);
  });

  test('that has ended is forgotten, and one that has callers is not.', () => {
    add(0).addCaller();
    add(0);
    add(1);
    loads.forgetEnded(USUAL);
    expect(loads.size).toBe(2);
  });

  test('that has ended is forgotten at little cost up to the oldest that has not.', () => {
    const again = add(0);
    for (const now of [0, 0, 1, 0]) add(now);
    loads.add(again, false, 1);
    loads.forgetOldest(USUAL);
    // The last two of the four, and the one that was accepted again.
    expect(loads.size).toBe(3);
  });
});

describe('A replaced load', () => {
  test('does not count until the result of the request is known.', () => {
    add(0);
    add(1000);
    loads.replaceNext(7, true);
    expect([loads.size, loads.nextEndAt()]).toEqual([1, Infinity]);
    loads.restore(8);
    expect([loads.size, loads.nextEndAt()]).toEqual([1, Infinity]);
    loads.restore(7);
    expect(loads.size).toBe(2);
    expect(loads.nextEndAt()).toBeLessThan(Infinity);
    loads.restore(7);
    expect(loads.size).toBe(2);
  });

  test('stays forgotten if the request is not rejected.', () => {
    add(0);
    loads.replaceNext(7, true);
    loads.confirm(7);
    loads.restore(7);
    expect(loads.size).toBe(0);
  });

  test('does not replace its own later acceptance.', () => {
    const target = add(0);
    loads.replaceNext(7, false);
    loads.add(target, false, 50_000);
    loads.restore(7);
    expect(loads.nextEndAt()).toBe(50_000 + USUAL);
  });

  test('does not exist if every load has callers.', () => {
    add(0).addCaller();
    loads.replaceNext(7, true);
    expect(loads.size).toBe(1);
  });
});

describe('The usual time', () => {
  test('is 8 % longer after each rejection, and 1.5 % shorter otherwise.', () => {
    add(0);
    const seconds = adapt(['restore', 'confirm', 'restore']);
    expect(seconds.map((one) => one.toFixed(2))).toEqual(['145.80', '143.61', '155.10']);
  });

  test.each([
    ['early', false, false],
    ['for a model that is certainly loading', true, true],
  ])('is not adapted to a request that is sent %s.', (_, isDue, isCertain) => {
    add(0, isCertain).nextAt = 128_000;
    adapt(['restore', 'restore'], isDue);
    expect(loads.nextEndAt()).toBe(isCertain ? 128_000 : USUAL);
  });

  test('is at least a minute.', () => {
    add(0);
    expect(adapt(Array.from({ length: 60 }, () => 'confirm')).at(-1)).toBe(60);
  });

  test('starts with the poll interval if one is set, which is then the minimum if it is less than a minute.', () => {
    loads = new Loads({ pollIntervalMs: 20_000 });
    add(0);
    expect(adapt(['confirm', 'restore', 'confirm', 'confirm'])).toEqual([
      20, 21.6, 21.276, 20.956_86,
    ]);
  });
});
