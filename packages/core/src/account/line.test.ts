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
const start = (pollIntervalMs: number | null = null) => {
  line = createLine({ pollIntervalMs, random: () => 0 });
  sent = 0;
  now = 0;
};
beforeEach(() => start());

/** Sends a request for a model that has a caller. */
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
const reject = (exchange: Exchange, failure = full()) =>
  line.rejected(exchange, failure, sent, now);
/** Starts a model that the API accepts; its next poll is at `pollsAt`. */
function accept(pollsAt = 128_000) {
  const target = new FakeTarget();
  answer(send(target), 'processing');
  target.isAccepted = true;
  target.nextAt = pollsAt;
  return target;
}
/** Returns the seconds until the line opens. */
const opensIn = () => (line.opensAt(now) - now) / 1000;
const wait = (seconds: number) => (now += seconds * 1000);

describe('The line is open', () => {
  test('before the first rejection.', () => {
    expect(opensIn()).toBe(0);
    expect([line.closedSince, line.rejection, line.notBefore]).toEqual([null, null, -Infinity]);
  });

  test('after any result that is not a full queue.', () => {
    for (const status of ['processing', 'success'] as const) answer(send(), status);
    line.answered(send(), 'error', failed(false), now);
    line.answered(send(), 'error', failed(true), now);
    line.dropped(send());
    expect(opensIn()).toBe(0);
    expect(line.closedSince).toBeNull();
  });
});

describe('A rejection', () => {
  test('closes the line for the requested time and is available as its reason.', () => {
    wait(10);
    const failure = full(40_000);
    reject(send(), failure);
    expect([line.closedSince, line.rejection, line.notBefore]).toEqual([10_000, failure, 50_000]);
    wait(10);
    expect(opensIn()).toBe(30);
  });

  test('waits longer if it is consecutive.', () => {
    reject(send(), full(0));
    wait(1);
    reject(send(), full(0));
    expect(opensIn()).toBe(2);
  });

  test('after a request that was not rejected starts at the minimum wait again.', () => {
    reject(send(), full(0));
    wait(1);
    line.answered(send(), 'error', failed(true), now);
    reject(send(), full(0));
    expect(opensIn()).toBe(1);
  });

  test('that requests less time does not shorten the wait.', () => {
    const [first, second] = [send(), send()];
    reject(first, full(60_000));
    reject(second, full(5000));
    expect(opensIn()).toBe(60);
  });

  test('can be limited for later callers, which never lengthens the wait.', () => {
    reject(send(), full(3_600_000));
    line.capWait(7_200_000);
    expect(opensIn()).toBe(3600);
    line.capWait(600_000);
    expect(opensIn()).toBe(600);
  });
});

describe('While no model is assumed to be loading', () => {
  test('one model is tried after the requested time, and the line opens if it is accepted.', () => {
    reject(send());
    wait(5);
    expect(opensIn()).toBe(0);
    const probe = send();
    expect(opensIn()).toBe(Infinity);
    answer(probe, 'processing');
    expect(opensIn()).toBe(0);
    expect(line.closedSince).toBeNull();
  });

  test('a probe that fails for another reason opens the line too, but a rejected one does not.', () => {
    reject(send());
    wait(5);
    reject(send());
    expect(opensIn()).toBe(5);
    wait(5);
    line.answered(send(), 'error', failed(true), now);
    expect(line.closedSince).toBeNull();
  });

  test('no model is tried while the request of another one is open.', () => {
    const open = send();
    reject(send());
    wait(5);
    expect(opensIn()).toBe(Infinity);
    line.dropped(open);
    expect(opensIn()).toBe(0);
  });
});

describe('While a model loads', () => {
  test('no other model starts, however long ago the rejection was.', () => {
    accept();
    reject(send());
    wait(600);
    expect(opensIn()).toBe(Infinity);
  });

  test.each([
    ['has loaded', (target: FakeTarget) => answer(send(target), 'success')],
    [
      'has failed with a final error',
      (target: FakeTarget) => line.answered(send(target), 'error', failed(false), now),
    ],
    ['has timed out', (target: FakeTarget) => line.ended(target)],
  ])('another one starts in its place once it %s.', (_, end) => {
    const target = accept();
    accept();
    reject(send());
    wait(5);
    expect(opensIn()).toBe(Infinity);
    end(target);
    expect(opensIn()).toBe(0);
    send();
    expect(opensIn()).toBe(Infinity);
  });

  test('it makes room only once, however it ends.', () => {
    const target = accept();
    accept();
    reject(send());
    wait(5);
    line.ended(target);
    line.ended(target);
    answer(send(target), 'success');
    send();
    expect(opensIn()).toBe(Infinity);
  });

  test('one that ended before the rejection does not make room.', () => {
    const target = accept();
    accept();
    line.ended(target);
    reject(send());
    wait(5);
    expect(opensIn()).toBe(Infinity);
  });

  test('the line still waits for the requested time.', () => {
    const target = accept();
    reject(send(), full(60_000));
    line.ended(target);
    expect(opensIn()).toBe(60);
  });

  test('a poll that fails with a retryable error or returns processing again changes nothing.', () => {
    const target = accept();
    reject(send());
    wait(5);
    line.answered(send(target), 'error', failed(true), now);
    answer(send(target), 'processing');
    line.dropped(send(target));
    expect(opensIn()).toBe(Infinity);
  });

  test('without callers, it is assumed to be loading until its next request would be due.', () => {
    const target = accept(100_000);
    accept(60_000).callers.clear();
    target.callers.clear();
    reject(send());
    expect(opensIn()).toBe(5);
    wait(10);
    expect(opensIn()).toBe(50);
    wait(50);
    expect(opensIn()).toBe(0);
    const exchange = send();
    expect(opensIn()).toBe(Infinity);
    answer(exchange, 'processing');
    expect(opensIn()).toBe(40);
  });

  test('a rejection resets the available room.', () => {
    const target = accept();
    accept();
    reject(send());
    line.ended(target);
    wait(5);
    reject(send());
    wait(5);
    expect(opensIn()).toBe(Infinity);
  });

  test.each([
    [
      'fails with a retryable error',
      (one: Exchange) => line.answered(one, 'error', failed(true), now),
    ],
    ['is aborted', (one: Exchange) => line.dropped(one)],
    ['is for the list', () => answer(send(new FakeTarget(false)), 'processing')],
  ])('a first request that %s leaves its room to the next model.', (_, end) => {
    const target = accept();
    accept();
    reject(send());
    line.ended(target);
    wait(5);
    end(send());
    expect(opensIn()).toBe(0);
  });

  test('each acceptance counts as progress of the line.', () => {
    const target = accept();
    accept();
    reject(send());
    expect(line.closedSince).toBe(0);
    line.ended(target);
    wait(20);
    accept();
    expect(line.closedSince).toBe(20_000);
  });
});

describe('One additional model is tried', () => {
  /** Closes the line, then accepts `count` models, each in the place of one that ended. */
  const acceptInPlace = (count: number) => {
    const targets = Array.from({ length: count + 1 }, () => accept());
    reject(send());
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

  test('and no second one is tried before two further acceptances.', () => {
    acceptInPlace(2);
    accept();
    expect(opensIn()).toBe(Infinity);
  });

  test('but a rejection resets the count.', () => {
    acceptInPlace(1);
    line.ended(accept());
    reject(send());
    wait(5);
    const target = accept();
    line.ended(target);
    send();
    expect(opensIn()).toBe(Infinity);
  });

  test.each([
    [60, 0],
    [60.001, Infinity],
  ])('only while no model was accepted more than 60 s ago: %s s', (seconds, opens) => {
    const [first, second, oldest] = [accept(), accept(), accept()];
    reject(send());
    wait(seconds);
    for (const target of [first, second]) {
      line.ended(target);
      accept();
    }
    expect(oldest).toBeDefined();
    expect(opensIn()).toBe(opens);
  });
});

describe('A quick success may mean only accepted', () => {
  /** Starts a model for which the API returns `success` after some time. */
  const succeed = (seconds = 0) => {
    const target = new FakeTarget();
    const exchange = send(target);
    wait(seconds);
    answer(exchange, 'success');
    target.callers.clear();
    return target;
  };
  const close = () => {
    reject(send());
    wait(5);
  };
  /** Closes the line after one model succeeded, then starts another one in its place when it has ended. */
  const succeedInPlace = () => {
    succeed();
    close();
    wait(130);
    expect(opensIn()).toBe(0);
    return succeed();
  };

  test('so the model is assumed to be loading for 135 s.', () => {
    succeed(1);
    close();
    expect(opensIn()).toBe(130);
  });

  test('so the model is assumed to be loading for the poll interval if one is set.', () => {
    start(20_000);
    succeed();
    close();
    expect(opensIn()).toBe(15);
  });

  test('but not if the reply took 30 s.', () => {
    succeed(30);
    close();
    expect(opensIn()).toBe(0);
  });

  test('but not if the API has ever returned processing.', () => {
    line.ended(accept());
    succeed();
    close();
    expect(opensIn()).toBe(0);
  });

  test('so models that have ended are replaced one at a time.', () => {
    succeed();
    succeed();
    close();
    wait(130);
    const exchange = send();
    expect(opensIn()).toBe(Infinity);
    answer(exchange, 'success');
    expect(opensIn()).toBe(0);
  });

  test('and after a rejected replacement the others still count.', () => {
    succeed();
    succeed();
    close();
    wait(130);
    close();
    wait(6);
    succeed();
    expect(opensIn()).toBe(0);
  });

  test('and an older request that hangs does not delay the replacement.', () => {
    succeed();
    send();
    close();
    wait(130);
    expect(opensIn()).toBe(0);
  });

  test('and a rejected replacement lengthens that time by 8 %.', () => {
    succeed();
    close();
    wait(130);
    close();
    expect(opensIn()).toBeCloseTo(5.8);
  });

  test('but the line does not wait for models that had ended before it closed.', () => {
    succeed();
    wait(135);
    close();
    expect(opensIn()).toBe(0);
    answer(send(), 'success');
    expect(line.closedSince).toBeNull();
  });

  test('so one model is tried 10 s after an acceptance, and after two such trials the line opens.', () => {
    succeedInPlace();
    expect(opensIn()).toBe(10);
    wait(10);
    const probe = send();
    expect(opensIn()).toBe(Infinity);
    answer(probe, 'success');
    expect(line.closedSince).toBe(now);
    expect(opensIn()).toBe(10);
    wait(10);
    answer(send(), 'success');
    expect(line.closedSince).toBeNull();
  });

  test('and a trial that fails for another reason proves nothing, but leaves its room to the next model.', () => {
    succeedInPlace();
    wait(10);
    line.dropped(send());
    expect(opensIn()).toBe(0);
    succeed();
    wait(10);
    answer(send(), 'success');
    expect(line.closedSince).not.toBeNull();
  });

  test('and a rejected trial confirms that the models are loading, so that none is tried until they have ended.', () => {
    succeedInPlace();
    wait(10);
    reject(send());
    wait(5);
    // The first acceptance in the place of an ended model has shortened the assumed time by 1.5 %.
    expect(opensIn()).toBeCloseTo(132.975 - 15);
    wait(118);
    succeed();
    expect(opensIn()).toBeCloseTo(132.975 * 0.985);
  });

  test('and the rejection of another model makes the result of an open trial meaningless.', () => {
    const target = succeedInPlace();
    wait(10);
    succeed();
    wait(10);
    const probe = send();
    line.ended(target);
    reject(send());
    answer(probe, 'success');
    expect(line.closedSince).not.toBeNull();
  });

  test('and the rejection of another model starts the count of accepted trials again.', () => {
    const target = succeedInPlace();
    wait(10);
    succeed();
    line.ended(target);
    close();
    wait(130);
    succeed();
    wait(10);
    answer(send(), 'success');
    expect(line.closedSince).toBe(now);
  });

  test('but an open line forgets models that have ended.', () => {
    const target = succeed();
    wait(135);
    succeed();
    Object.defineProperty(target, 'callers', { get: () => expect.fail('It is still remembered.') });
    close();
    expect(opensIn()).toBe(130);
  });

  test('but no model is tried early while another one is certainly loading.', () => {
    succeed();
    const target = accept();
    close();
    line.ended(target);
    accept();
    expect(opensIn()).toBe(130);
  });

  test('and a rejected trial confirms nothing if no model is loading.', () => {
    close();
    close();
    answer(send(), 'success');
    expect(line.closedSince).toBeNull();
    succeedInPlace();
    expect(opensIn()).toBe(10);
  });

  test('and after 12 acceptances in a row a rejected trial is repeated.', () => {
    let target = succeedInPlace();
    wait(10);
    close();
    const waits = Array.from({ length: 12 }, () => {
      line.ended(target);
      target = succeed();
      return opensIn();
    });
    expect(waits.slice(0, -1).every((seconds) => seconds > 100)).toBe(true);
    expect(waits.at(-1)).toBe(10);
  });

  test('and a line that opens resets the confirmation.', () => {
    const target = succeedInPlace();
    wait(10);
    close();
    line.ended(target);
    close();
    answer(send(), 'success');
    expect(line.closedSince).toBeNull();
    succeedInPlace();
    expect(opensIn()).toBe(10);
  });
});
