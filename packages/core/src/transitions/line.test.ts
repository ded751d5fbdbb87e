import { describe, expect, test } from 'vitest';
import { createMachine, fullFor, PROCESSING, replyWith, SUCCESS } from '../../test/machine.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import type { Rules } from '../state/change.ts';
import { lineMs, lineOpensAt } from './line.ts';

const NOT_FOUND = replyWith({ status: 'error', message: 'Model not found' }, 404);
const BROKEN = replyWith({ status: 'error', message: 'Server error' }, 500);
const LIST = replyWith({ status: 'success', models: [{ model_id: 'a' }] });

/** Models that are named by one letter; times are in seconds. */
function createLine(rules: Partial<Rules> = {}) {
  const machine = createMachine(rules);
  const { state } = machine;
  const numbers: Record<string, number> = {};
  const note = () => {
    for (const { key, number } of state.open) numbers[key.slice(-1)] = number;
  };
  return {
    ...machine,
    line: state.line,
    /** Starts a call for each model. */
    start: (seconds: number, ids: string, timeoutSeconds = 10_000) => {
      for (const modelId of ids) {
        machine.join(seconds * 1000, modelId, { modelId, timeoutMs: timeoutSeconds * 1000 });
      }
      note();
    },
    /** Receives the reply to the last request for a model. */
    receive: (seconds: number, id: string, reply: ParsedReply) => {
      note();
      machine.reply(seconds * 1000, numbers[id] ?? NaN, reply);
      note();
    },
    advance: (seconds: number) => {
      machine.tick(seconds * 1000);
      note();
    },
    leave: (seconds: number, id: string) => machine.apply(seconds * 1000, { type: 'leave', id }),
    /** The models with an open request. */
    open: () => state.open.map(({ key }) => key.slice(-1)).join(''),
    opensAt: (seconds: number) => {
      const at = lineOpensAt(state, seconds * 1000);
      return at === null ? null : at / 1000;
    },
    seconds: (at: number) => lineMs(state, at * 1000) / 1000,
  };
}

describe('A model counts as loading', () => {
  test.each<[string, number, ParsedReply, number]>([
    ['after processing', 1, PROCESSING, 1],
    ['after a success that came at once, which may mean accepted', 1, SUCCESS, 1],
    ['not after a success that came when it was loaded', 30, SUCCESS, 0],
    ['after one just before that', 29.999, SUCCESS, 1],
    ['not after a final error', 1, NOT_FOUND, 0],
    ['not after a retryable error', 1, BROKEN, 0],
  ])('%s.', (_, seconds, reply, loads) => {
    const { start, receive, line } = createLine();
    start(20, 'a');
    receive(20 + seconds, 'a', reply);
    expect(line.loads).toBe(loads);
  });

  test('not after a success, once the API has returned processing.', () => {
    const { start, receive, line } = createLine();
    start(0, 'ab');
    receive(1, 'a', PROCESSING);
    receive(1, 'b', SUCCESS);
    expect(line).toMatchObject({ loads: 1, reportsProcessing: true });
  });

  test('until its last poll, whatever comes before.', () => {
    const { start, receive, advance, line } = createLine({ pollIntervalMs: 1000 });
    start(0, 'a');
    const loads = [PROCESSING, BROKEN, PROCESSING, SUCCESS].map((reply, at) => {
      advance(at);
      receive(at, 'a', reply);
      return line.loads;
    });
    expect(loads).toEqual([1, 1, 1, 0]);
    expect(line.order).toEqual([]);
  });

  test('but the list of trained models does not.', () => {
    const { join, reply, line } = createLine();
    join(0, 'list', { modelId: null });
    reply(1000, 1, LIST);
    expect(line).toMatchObject({ loads: 0, order: [] });
  });

  test.each<[string, ParsedReply, number]>([
    ['a certain one until its next poll', PROCESSING, 129],
    ['another one for as long as a load often takes', SUCCESS, 129],
  ])('without callers: %s.', (_, reply, endsAt) => {
    const { start, receive, leave, advance, line } = createLine();
    start(0, 'a');
    receive(1, 'a', reply);
    leave(2, 'a');
    start(3, 'z', 5);
    for (const seconds of [40, endsAt - 0.001]) {
      advance(seconds);
      expect(line.loads).toBe(1);
    }
    advance(endsAt);
    expect(line.loads).toBe(0);
  });

  test('without callers, another call does not end it early.', () => {
    const { start, receive, leave, line } = createLine();
    start(0, 'a');
    receive(1, 'a', PROCESSING);
    leave(2, 'a');
    start(3, 'a');
    expect(line.loads).toBe(1);
  });
});

describe('A rejection', () => {
  test('closes the line for the requested time; those of requests that were open together count as one.', () => {
    const { start, receive, advance, opensAt, open, line } = createLine();
    start(0, 'abc');
    receive(1, 'a', fullFor(10));
    receive(2, 'b', fullFor(10));
    receive(3, 'c', fullFor(5));
    expect(line.rejections.count).toBe(1);
    expect(opensAt(4)).toBe(12);
    advance(12);
    expect(open()).toBe('a');
    receive(12, 'a', fullFor(10));
    expect(line.rejections.count).toBe(2);
    // The second one in a row doubles the wait.
    expect(opensAt(13)).toBe(32);
  });

  test('after a poll of another model still counts as one in a row.', () => {
    const { start, receive, advance, opensAt } = createLine({ pollIntervalMs: 1000 });
    start(0, 'ab');
    receive(0, 'a', PROCESSING);
    receive(0, 'b', fullFor(10));
    advance(1);
    receive(1, 'a', PROCESSING);
    advance(10);
    receive(10, 'b', fullFor(10));
    expect(opensAt(11)).toBe(30);
  });

  test.each([
    [200, [200, 400, 600, 600]],
    [700, [700, 700]],
  ])('waits at most ten minutes, or what the API requests: %i s.', (seconds, waits) => {
    const { start, receive, advance, opensAt } = createLine();
    start(0, 'a', 100_000);
    let now = 0;
    const seen = waits.map(() => {
      receive(now, 'a', fullFor(seconds));
      const wait = (opensAt(now) ?? NaN) - now;
      now += wait;
      advance(now);
      return wait;
    });
    expect(seen).toEqual(waits);
  });

  test('limits the models that load together to those that load now.', () => {
    const { start, receive, advance, line } = createLine();
    start(0, 'a');
    start(0, 'b', 5);
    start(0, 'c');
    receive(1, 'a', PROCESSING);
    receive(1, 'b', PROCESSING);
    receive(1, 'c', fullFor(10));
    expect(line.closed?.limit).toBe(2);
    // The call for `b` reaches its deadline.
    advance(5);
    advance(11);
    expect(line).toMatchObject({ loads: 1, closed: { trial: null } });
    receive(11, 'c', fullFor(10));
    expect(line.closed?.limit).toBe(1);
  });

  test('does not lower the limit if loads only seem to have ended.', () => {
    const { start, receive, advance, line } = createLine();
    start(0, 'abc');
    receive(1, 'a', SUCCESS);
    receive(1, 'b', SUCCESS);
    receive(1, 'c', fullFor(200));
    advance(201);
    expect(line.loads).toBe(0);
    receive(201, 'c', fullFor(10));
    expect(line.closed?.limit).toBe(2);
  });

  test.each<[string, ParsedReply]>([
    ['processing', PROCESSING],
    ['a success', SUCCESS],
  ])('that other accepted requests follow does not limit them: %s.', (_, reply) => {
    const { start, receive, line } = createLine();
    start(0, 'abc');
    receive(1, 'a', fullFor(10));
    expect(line.closed?.limit).toBe(0);
    receive(2, 'b', reply);
    receive(2, 'c', reply);
    expect(line.closed).toMatchObject({ limit: 2, acceptances: 2, at: 2000 });
  });
});

describe('A trial', () => {
  /** One model loads, and another one was rejected: the next request is a trial. */
  function createTrial(seconds: number, rules: Partial<Rules> = {}) {
    const created = createLine(rules);
    created.start(0, 'ab');
    created.receive(0, 'a', PROCESSING);
    created.receive(0, 'b', fullFor(seconds));
    created.start(0, 'cd');
    created.advance(seconds);
    return created;
  }

  test('is one request, and the others wait for its reply.', () => {
    const { open, opensAt, line, seconds } = createTrial(10);
    expect(open()).toBe('b');
    expect(line.closed?.trial).toBe(3);
    expect(opensAt(11)).toBeNull();
    // The next poll of `a` may show that there is room.
    expect(seconds(11)).toBe(118);
    expect(seconds(200)).toBe(1);
  });

  test('is not a request that replaces a model that has loaded.', () => {
    const { receive, advance, open, line } = createTrial(10, { pollIntervalMs: 2000 });
    receive(10, 'b', fullFor(10));
    advance(12);
    receive(12, 'a', SUCCESS);
    advance(30);
    expect(open()).toBe('b');
    expect(line.closed).toMatchObject({ trial: null, limit: 1 });
  });

  test('is not a poll of a model that loads.', () => {
    const { receive, advance, open, line } = createTrial(10, { pollIntervalMs: 12_000 });
    receive(10, 'b', fullFor(10));
    advance(12);
    expect(open()).toBe('a');
    expect(line.closed?.trial).toBeNull();
  });

  test.each<[string, number, ParsedReply, boolean]>([
    ['opens the line if it is accepted while all loads are young', 10, PROCESSING, true],
    ['… a minute old', 60, PROCESSING, true],
    ['does not if the oldest load may have ended', 60.001, PROCESSING, false],
    ['does not open it with another result', 10, NOT_FOUND, false],
    ['does not open it with a success that comes at once', 10, SUCCESS, false],
  ])('%s.', (_, seconds, reply, isOpen) => {
    const { receive, line } = createTrial(10);
    receive(seconds, 'b', reply);
    expect(line.closed === null).toBe(isOpen);
    expect(line.rejections.count).toBe(0);
  });

  test('opens the line at any time of the client.', () => {
    const { start, receive, advance, line } = createLine();
    start(100, 'ab');
    receive(100, 'a', PROCESSING);
    receive(100, 'b', fullFor(10));
    advance(110);
    receive(110, 'b', PROCESSING);
    expect(line.closed).toBeNull();
  });

  test('opens it if the oldest load is young because its model was accepted again.', () => {
    const { start, receive, advance, line } = createLine();
    start(0, 'a');
    receive(0, 'a', SUCCESS);
    start(50, 'ab');
    receive(50, 'a', SUCCESS);
    receive(50, 'b', fullFor(20));
    advance(70);
    receive(70, 'b', PROCESSING);
    expect(line.closed).toBeNull();
  });

  test('with any result opens the line if nothing loads.', () => {
    const { start, receive, advance, line } = createLine();
    start(0, 'a');
    receive(0, 'a', fullFor(10));
    advance(10);
    receive(10, 'a', NOT_FOUND);
    expect(line.closed).toBeNull();
  });

  test.each<[string, ParsedReply, number]>([
    ['raises the limit', PROCESSING, 2],
    ['that only may be accepted does not', SUCCESS, 1],
  ])('that is accepted %s.', (_, reply, limit) => {
    const { start, receive, advance, line } = createLine();
    start(0, 'ab');
    receive(0, 'a', SUCCESS);
    receive(0, 'b', fullFor(70));
    advance(70);
    receive(70, 'b', reply);
    expect(line.closed).toMatchObject({ limit, trial: null });
  });

  /** A trial was rejected twice, and then one had another result, so that no model waits for the second doubling. */
  function createDoubled(rules: Partial<Rules> = {}) {
    const created = createTrial(2, rules);
    created.receive(2, 'b', fullFor(2));
    created.advance(6);
    created.receive(6, 'b', fullFor(2));
    return created;
  }

  test('that is rejected doubles the wait until the next one; an accepted one halves it.', () => {
    const { receive, advance, opensAt, open } = createDoubled();
    expect(opensAt(7)).toBe(14);
    advance(14);
    receive(14, 'b', NOT_FOUND);
    // The next trial follows at once.
    expect(open()).toBe('c');
    receive(14, 'c', fullFor(2));
    expect(opensAt(15)).toBe(16);
    // Then no request is forbidden, but a trial waits.
    expect(opensAt(17)).toBe(22);
    expect(opensAt(23)).toBe(23);
  });

  test('that is due later ends no call before, even one with less time.', () => {
    const { receive, advance, start, line, state } = createDoubled();
    advance(14);
    receive(14, 'b', NOT_FOUND);
    receive(14, 'c', fullFor(2));
    expect(line.closed).toMatchObject({ notBeforeAt: 16_000, tryAt: 22_000 });
    // The API requests a longer wait than it has.
    start(15, 'y', 0.5);
    expect(Object.keys(state.calls)).not.toContain('y');
    start(17, 'x', 2);
    expect(Object.keys(state.calls)).toContain('x');
  });

  test('that is due later stays due then after all callers have left.', () => {
    const { start, receive, leave, advance, opensAt } = createLine();
    // So late that a duration is earlier than any time.
    start(1000, 'abc');
    receive(1000, 'a', PROCESSING);
    receive(1000, 'b', fullFor(20));
    receive(1000, 'c', fullFor(20));
    advance(1020);
    receive(1020, 'b', fullFor(20));
    advance(1060);
    receive(1060, 'b', NOT_FOUND);
    receive(1060, 'c', fullFor(20));
    for (const id of 'ac') leave(1061, id);
    start(1090, 'd');
    expect(opensAt(1090)).toBe(1100);
  });

  test('follows two acceptances for each place without a rejection.', () => {
    const { receive, advance, start, line, opensAt, open } = createDoubled({ pollIntervalMs: 100 });
    start(7, 'efg');
    advance(14);
    receive(14, 'b', NOT_FOUND);
    receive(14, 'c', fullFor(10));
    expect(line.closed).toMatchObject({ limit: 1, notBeforeAt: 24_000, tryAt: 54_000 });
    advance(15);
    receive(15, 'a', SUCCESS);
    advance(24);
    const seen = ['c', 'd'].map((id, at) => {
      const now = 24 + at;
      receive(now, id, PROCESSING);
      const after = { acceptances: line.closed?.acceptances, opensAt: opensAt(now), open: open() };
      // Its poll, before the next model starts.
      advance(now + 0.1);
      receive(now + 0.1, id, SUCCESS);
      return after;
    });
    expect(seen).toEqual([
      { acceptances: 1, opensAt: 54, open: '' },
      // The trial is sent at once.
      { acceptances: 0, opensAt: null, open: 'e' },
    ]);
  });

  test('waits while a poll may show that there is room.', () => {
    const { receive, leave, opensAt, open } = createTrial(50);
    receive(50, 'b', fullFor(5));
    expect(opensAt(60)).toBe(60);
    // The load of `a` is older than a minute, and it is polled.
    expect(opensAt(60.001)).toBeNull();
    leave(61, 'a');
    expect(open()).toBe('b');
  });
});

test('A request for an image takes no place of a model that starts.', () => {
  const { start, receive, advance, join, opensAt, open } = createLine({ pollIntervalMs: 2000 });
  start(0, 'ab');
  receive(0, 'a', PROCESSING);
  join(0, 'x', { modelId: 'x', until: 'image', imagePrompt: 'a dog', timeoutMs: 600_000 });
  receive(1, 'x', SUCCESS);
  receive(1, 'b', fullFor(10));
  advance(2);
  receive(2, 'a', SUCCESS);
  expect(open()).toHaveLength(1);
  expect(opensAt(12)).toBe(12);
});
