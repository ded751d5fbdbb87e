import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/effort.ts';
import { appoint, firstAppointment, takeDue, wakeTarget } from './agenda.ts';
import { createCall } from './call.ts';
import { createOwn, createReload, createState } from './state.ts';

/** A state with calls of these ids, each with an appointment. */
function stateOf(appointments: readonly (readonly [key: string, at: number])[]) {
  const state = createState();
  for (const [key, at] of appointments) {
    if (!(key in state.calls)) state.callCount++;
    const start = { modelId: 'm', timeoutMs: 1, startedAt: 0, startedWall: 0 };
    state.calls[key] = createCall(key, start);
    appoint(state.agenda, at, key);
  }
  return state;
}

const endCall = (state: ReturnType<typeof createState>, key: string) => {
  delete state.calls[key];
  state.callCount--;
};

test('What is due is taken in the order of its times, and the rest stays.', () => {
  const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 40 });
  fc.assert(
    fc.property(times, fc.array(fc.integer({ min: 0, max: 20 })), (all, checks) => {
      const state = stateOf(all.map((at, index) => [`${at} ${index}`, at]));
      let left = all.toSorted((one, other) => one - other);
      for (const now of checks) {
        expect(firstAppointment(state)?.at).toBe(left[0]);
        const due = takeDue(state, now).map((key) => Number(key.split(' ')[0]));
        expect(due).toEqual(left.filter((at) => at <= now));
        left = left.filter((at) => at > now);
        expect(state.agenda).toHaveLength(left.length);
      }
    }),
    runs(200),
  );
});

test('The deadline of a call that has ended is not due.', () => {
  const state = stateOf([
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
  endCall(state, 'a');
  endCall(state, 'c');
  expect(firstAppointment(state)).toEqual({ at: 2, key: 'b' });
  expect(takeDue(state, 5)).toEqual(['b']);
  expect(firstAppointment(state)).toBeUndefined();
  expect(state.agenda).toEqual([]);
});

test('An agenda is cleaned when it holds more than 100 entries, and four for each call and target.', () => {
  const state = stateOf([['waiting', 1]]);
  state.targets['t'] = { ...createReload('m'), ...createOwn('t') };
  state.targetCount = 1;
  const fill = (count: number) => {
    while (state.agenda.length < count) appoint(state.agenda, 10 + state.agenda.length, 'ended');
    return firstAppointment(state);
  };
  expect(fill(100 + 4 * 2)).toEqual({ at: 1, key: 'waiting' });
  expect(state.agenda).toHaveLength(108);
  expect(fill(109)).toEqual({ at: 1, key: 'waiting' });
  expect(state.agenda).toHaveLength(1);
});

test('Only the last check of a target is due, and the same one is not appointed twice.', () => {
  const state = createState();
  const target = { ...createReload('m'), ...createOwn('t') };
  state.targets['t'] = target;
  state.targetCount = 1;
  for (const at of [5, 3, 3, 8, 8]) wakeTarget(state, 't', at);
  expect(state.agenda).toHaveLength(3);
  expect(target.wakeAt).toBe(8);
  expect(takeDue(state, 7)).toEqual([]);
  expect(takeDue(state, 8)).toEqual(['t']);
  wakeTarget(state, 'unknown', 9);
  expect(state.agenda).toEqual([]);
});

test('The deadlines of calls that have ended do not fill the memory.', () => {
  const state = stateOf([
    ['last', 9000],
    ['first', 8999],
  ]);
  for (let at = 2000; at > 0; at--) {
    const key = `${at}`;
    Object.assign(state.calls, stateOf([[key, at]]).calls);
    state.callCount++;
    appoint(state.agenda, 10_000 - at, key);
    endCall(state, key);
    expect(firstAppointment(state)?.key).toBe('first');
    expect(state.agenda.length).toBeLessThanOrEqual(109);
  }
  expect(takeDue(state, 20_000)).toEqual(['first', 'last']);
});
