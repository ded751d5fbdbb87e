import { beforeEach, describe, expect, test } from 'vitest';
import { FakeTarget } from '../../test/fake-target.ts';
import { createFailure } from '../errors.ts';
import { createLine, type Line } from './line.ts';
import type { Exchange } from './target.ts';

const full = (retryAfterMs: number | null = 5000) =>
  createFailure('rate_limited', 'The queue is full', { scope: 'account', retryAfterMs });
const failed = (retryable: boolean) => createFailure('api_error', 'It failed', { retryable });

let line: Line;
let sent: number;
/** Milliseconds. */
let now: number;
const start = (pollIntervalMs: number | null = null, random = 0) => {
  line = createLine({ pollIntervalMs, random: () => random });
  sent = 0;
  now = 0;
};
beforeEach(() => start());

/** Sends a request about a model that somebody waits for. */
function send(target = new FakeTarget()): Exchange {
  target.addCaller();
  const exchange = {
    target,
    number: ++sent,
    sentAt: now,
    isBeginning: target.isBeginning(),
  } as unknown as Exchange;
  if (exchange.isBeginning) line.sent(exchange, now);
  return exchange;
}
const answer = (exchange: Exchange, status: 'processing' | 'success') =>
  line.answered(exchange, status, null, now);
const refuse = (exchange: Exchange, failure = full()) => line.refused(exchange, failure, sent, now);
/** Begins a model that the API accepts; it is polled at `pollsAt`. */
function accept(pollsAt = 128_000) {
  const target = new FakeTarget();
  answer(send(target), 'processing');
  target.isAccepted = true;
  target.nextAt = pollsAt;
  return target;
}
/** The seconds until the line opens. */
const opensIn = () => (line.opensAt(now) - now) / 1000;
const wait = (seconds: number) => (now += seconds * 1000);

describe('The line is open', () => {
  test('before the first refusal.', () => {
    expect(opensIn()).toBe(0);
    expect([line.closedSince, line.refusal, line.notBefore]).toEqual([null, null, -Infinity]);
  });

  test('whatever becomes of requests that are not refused.', () => {
    for (const status of ['processing', 'success'] as const) answer(send(), status);
    line.answered(send(), 'error', failed(false), now);
    line.answered(send(), 'error', failed(true), now);
    line.dropped(send());
    expect(opensIn()).toBe(0);
    expect(line.closedSince).toBeNull();
  });
});

describe('A refusal', () => {
  test('closes the line for the requested time, and says what and when.', () => {
    wait(10);
    const failure = full(40_000);
    refuse(send(), failure);
    expect([line.closedSince, line.refusal, line.notBefore]).toEqual([10_000, failure, 50_000]);
    wait(10);
    expect(opensIn()).toBe(30);
  });

  test.each([
    [null, 0, 30],
    [0, 0, 1],
    [40_000, 1, 44],
  ])('that requests %s ms, with jitter %s, closes it for %s s.', (requested, random, seconds) => {
    start(null, random);
    refuse(send(), full(requested));
    expect(opensIn()).toBe(seconds);
  });

  test('of requests that were open together counts once; the wait doubles with each further one.', () => {
    const together = [send(), send()];
    for (const exchange of together) refuse(exchange, full(0));
    expect(opensIn()).toBe(1);
    wait(1);
    refuse(send(), full(0));
    expect(opensIn()).toBe(2);
    wait(2);
    refuse(send(), full(0));
    expect(opensIn()).toBe(4);
  });

  test('after a request that was not refused begins the doubling again.', () => {
    refuse(send(), full(0));
    wait(1);
    line.answered(send(), 'error', failed(true), now);
    refuse(send(), full(0));
    expect(opensIn()).toBe(1);
  });

  test('that requests less time does not shorten the wait.', () => {
    const [first, second] = [send(), send()];
    refuse(first, full(60_000));
    refuse(second, full(5000));
    expect(opensIn()).toBe(60);
  });

  test('can be limited for later callers, and is never lengthened by that.', () => {
    refuse(send(), full(3_600_000));
    line.capWait(7_200_000);
    expect(opensIn()).toBe(3600);
    line.capWait(600_000);
    expect(opensIn()).toBe(600);
  });
});

describe('While nothing is believed to load', () => {
  test('one model is tried when the requested time is over, and opens the line if it is accepted.', () => {
    refuse(send());
    wait(5);
    expect(opensIn()).toBe(0);
    const probe = send();
    expect(opensIn()).toBe(Infinity);
    answer(probe, 'processing');
    expect(opensIn()).toBe(0);
    expect(line.closedSince).toBeNull();
  });

  test('the probe that fails otherwise opens the line too, and one that is refused does not.', () => {
    refuse(send());
    wait(5);
    refuse(send());
    expect(opensIn()).toBe(5);
    wait(5);
    line.answered(send(), 'error', failed(true), now);
    expect(line.closedSince).toBeNull();
  });

  test('no model is tried while the request of another is open.', () => {
    const open = send();
    refuse(send());
    wait(5);
    expect(opensIn()).toBe(Infinity);
    line.dropped(open);
    expect(opensIn()).toBe(0);
  });
});

describe('While a model loads', () => {
  test('nothing is begun, however long ago the refusal was.', () => {
    accept();
    refuse(send());
    wait(600);
    expect(opensIn()).toBe(Infinity);
  });

  test.each([
    ['has loaded', (target: FakeTarget) => answer(send(target), 'success')],
    [
      'has failed for good',
      (target: FakeTarget) => line.answered(send(target), 'error', failed(false), now),
    ],
    ['is given up', (target: FakeTarget) => line.ended(target)],
  ])('one is begun in its place once it %s.', (_, end) => {
    const target = accept();
    accept();
    refuse(send());
    wait(5);
    expect(opensIn()).toBe(Infinity);
    end(target);
    expect(opensIn()).toBe(0);
    send();
    expect(opensIn()).toBe(Infinity);
  });

  test('it makes room once, in whichever way it ends.', () => {
    const target = accept();
    accept();
    refuse(send());
    wait(5);
    line.ended(target);
    line.ended(target);
    answer(send(target), 'success');
    send();
    expect(opensIn()).toBe(Infinity);
  });

  test('one that ended before the refusal makes no room.', () => {
    const target = accept();
    accept();
    line.ended(target);
    refuse(send());
    wait(5);
    expect(opensIn()).toBe(Infinity);
  });

  test('the requested time is waited for all the same.', () => {
    const target = accept();
    refuse(send(), full(60_000));
    line.ended(target);
    expect(opensIn()).toBe(60);
  });

  test('a poll that fails for a time, or says processing again, changes nothing.', () => {
    const target = accept();
    refuse(send());
    wait(5);
    line.answered(send(target), 'error', failed(true), now);
    answer(send(target), 'processing');
    line.dropped(send(target));
    expect(opensIn()).toBe(Infinity);
  });

  test('and nobody polls it, it is believed until its next request would be due.', () => {
    const target = accept(100_000);
    accept(60_000).callers.clear();
    target.callers.clear();
    refuse(send());
    expect(opensIn()).toBe(5);
    wait(10);
    expect(opensIn()).toBe(50);
    wait(50);
    expect(opensIn()).toBe(0);
    send();
    expect(opensIn()).toBe(40);
  });

  test('a refusal takes the room that there was.', () => {
    const target = accept();
    accept();
    refuse(send());
    line.ended(target);
    wait(5);
    refuse(send());
    wait(5);
    expect(opensIn()).toBe(Infinity);
  });

  test.each([
    ['fails for a time', (one: Exchange) => line.answered(one, 'error', failed(true), now)],
    ['is cut', (one: Exchange) => line.dropped(one)],
    ['is about the list', () => answer(send(new FakeTarget(false)), 'processing')],
  ])('a beginning that %s leaves its room to the next.', (_, end) => {
    const target = accept();
    accept();
    refuse(send());
    line.ended(target);
    wait(5);
    end(send());
    expect(opensIn()).toBe(0);
  });

  test('each acceptance counts as a move of the line.', () => {
    const target = accept();
    accept();
    refuse(send());
    expect(line.closedSince).toBe(0);
    line.ended(target);
    wait(20);
    accept();
    expect(line.closedSince).toBe(20_000);
  });
});

describe('One model more than before is tried', () => {
  /** Closes the line, and lets so many models be accepted, each in the place of one that ended. */
  const acceptInPlace = (count: number) => {
    const targets = Array.from({ length: count + 1 }, () => accept());
    refuse(send());
    wait(5);
    for (const target of targets.slice(0, count)) {
      line.ended(target);
      accept();
    }
  };

  test.each([
    [1, Infinity],
    [2, 0],
  ])('after %i acceptances the line opens in %s s.', (count, seconds) => {
    acceptInPlace(count);
    expect(opensIn()).toBe(seconds);
  });

  test('and no second one before two further acceptances.', () => {
    acceptInPlace(2);
    accept();
    expect(opensIn()).toBe(Infinity);
  });

  test('but a refusal begins the count again.', () => {
    acceptInPlace(1);
    line.ended(accept());
    refuse(send());
    wait(5);
    const target = accept();
    line.ended(target);
    send();
    expect(opensIn()).toBe(Infinity);
  });

  test.each([
    [60, 0],
    [60.001, Infinity],
  ])('only while none was accepted longer than 60 s ago: %s s', (seconds, opens) => {
    const [first, second, oldest] = [accept(), accept(), accept()];
    refuse(send());
    wait(seconds);
    for (const target of [first, second]) {
      line.ended(target);
      accept();
    }
    expect(oldest).toBeDefined();
    expect(opensIn()).toBe(opens);
  });
});

describe('A quick success may mean no more than accepted', () => {
  /** Lets the API return `success` for a model after some time. */
  const succeed = (seconds: number) => {
    const target = new FakeTarget();
    const exchange = send(target);
    wait(seconds);
    answer(exchange, 'success');
    target.callers.clear();
    return target;
  };

  test('so it counts as loading for 135 s, and one model is tried after 30 s.', () => {
    succeed(1);
    refuse(send());
    wait(5);
    expect(opensIn()).toBe(130);
    succeedInPlace();
    expect(opensIn()).toBe(30);
  });

  /** A model that ends makes room for one that succeeds at once. */
  function succeedInPlace() {
    const target = new FakeTarget();
    answer(send(target), 'success');
    target.callers.clear();
  }

  test('for as long as the poll interval where one is set.', () => {
    start(20_000);
    succeed(0);
    refuse(send());
    wait(5);
    expect(opensIn()).toBe(15);
  });

  test('but not one that came after 30 s.', () => {
    succeed(30);
    refuse(send());
    wait(5);
    expect(opensIn()).toBe(0);
  });

  test('nor one of an API that has ever said processing.', () => {
    line.ended(accept());
    succeed(0);
    refuse(send());
    wait(5);
    expect(opensIn()).toBe(0);
  });

  test('A probe that is refused confirms that they load: none is tried again until they have ended.', () => {
    succeed(0);
    refuse(send());
    wait(5);
    succeedInPlace();
    wait(30);
    expect(opensIn()).toBe(0);
    refuse(send());
    wait(5);
    succeedInPlace();
    wait(30);
    expect(opensIn()).toBe(65);
  });

  test('A refusal of another model takes from an open probe what it would have told.', () => {
    const first = succeed(0);
    refuse(send());
    wait(5);
    succeedInPlace();
    wait(30);
    const probe = send();
    line.ended(first);
    refuse(send());
    answer(probe, 'success');
    expect(line.closedSince).not.toBeNull();
  });

  test('One model that certainly loads leaves nothing to be tried.', () => {
    succeed(0);
    accept();
    refuse(send());
    wait(5);
    accept();
    wait(30);
    expect(opensIn()).toBe(100);
  });

  test('A probe that is refused while nothing loads confirms nothing.', () => {
    refuse(send());
    wait(5);
    refuse(send());
    wait(5);
    answer(send(), 'success');
    expect(opensAfterDoubt()).toBe(0);
  });

  test('What was confirmed is forgotten when a probe has opened the line.', () => {
    succeed(0);
    refuse(send());
    wait(5);
    succeedInPlace();
    wait(30);
    refuse(send());
    wait(600);
    expect(opensIn()).toBe(0);
    refuse(send());
    wait(5);
    answer(send(), 'success');
    expect(line.closedSince).toBeNull();
    expect(opensAfterDoubt()).toBe(0);
  });

  /** The seconds until a model is tried, 30 s after the last one that was accepted in place of another. */
  function opensAfterDoubt() {
    refuse(send());
    wait(5);
    succeedInPlace();
    wait(30);
    return opensIn();
  }
});
