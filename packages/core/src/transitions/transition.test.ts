import { expect, test } from 'vitest';
import { createMachine, fullFor, PROCESSING, replyWith, SUCCESS } from '../../test/machine.ts';
import type { Effect, Event } from '../state/change.ts';
import { nextCheckAt } from './transition.ts';

const endsOf = (effects: Effect[]) =>
  effects.flatMap((effect) =>
    effect.type === 'settle' ? [[effect.id, effect.result.failure?.code ?? null]] : [],
  );

test.each<[string, Event, string, string[]]>([
  ['a call', { type: 'leave', id: 'a' }, 'calls', ['a']],
  ['another request', { type: 'reply', request: 2, reply: replyWith({}) }, 'line', ['c']],
  ['a request', { type: 'reply', request: 1, reply: replyWith({}) }, 'line', ['a', 'b']],
  ['a time', { type: 'tick' }, 'line', ['a', 'b', 'c']],
])(
  'An error in the transition of %s ends only the calls that it is about.',
  (_, event, damaged, ids) => {
    const { state, apply, join } = createMachine();
    join(0, 'a');
    join(0, 'b');
    join(0, 'c', { modelId: 'other' });
    // A bug has damaged the state.
    Object.assign(damaged === 'line' ? state : Object(state.targets['reload m']), {
      [damaged]: null,
    });
    const effects = apply(200_000, event);
    expect(effects.filter(({ type }) => type === 'settle')).toEqual(
      ids.map((id) => ({
        type: 'settle',
        id,
        result: {
          outcome: expect.objectContaining({
            modelId: id === 'c' ? 'other' : 'm',
            status: 'error',
            startedAt: '1970-01-01T00:00:00.000Z',
            elapsedMs: 200_000,
            error: expect.objectContaining({ code: 'unexpected_response' }),
          }),
          failure: expect.objectContaining({
            message: expect.stringMatching(/^Internal error: TypeError: .*null/),
          }),
          ids: null,
          step: null,
        },
      })),
    );
    expect(Object.keys(state.calls)).toEqual(['a', 'b', 'c'].filter((id) => !ids.includes(id)));
    expect(state.callCount).toBe(3 - ids.length);
  },
);

test('A call that leaves gives up the request of its model, and no other.', () => {
  const { state, join, apply, reply } = createMachine();
  join(0, 'a');
  join(0, 'b', { modelId: 'other' });
  expect(apply(100, { type: 'leave', id: 'b' })).toContainEqual({ type: 'abort', request: 2 });
  expect(state.open).toMatchObject([{ number: 1 }]);
  expect(endsOf(reply(200, 1, SUCCESS))).toEqual([['a', null]]);
});

test.each([
  ['whose first request is open', null, 3000],
  ['that the API has accepted', PROCESSING, 3000],
  ['that waits in line', fullFor(40), null],
])('The time of a listed call starts when it joins a model %s.', (_, reply, begunAt) => {
  const { state, join, reply: answer } = createMachine();
  join(0, 'a');
  if (reply) answer(1000, 1, reply);
  join(3000, 'b', { isListed: true });
  expect(state.calls['b']).toMatchObject({ begunAt });
});

test('An event about what has ended changes nothing.', () => {
  const { state, apply, join } = createMachine();
  join(0, 'a');
  apply(1000, { type: 'reply', request: 1, reply: SUCCESS });
  const before = JSON.stringify(state);
  for (const event of [
    { type: 'leave', id: 'a' },
    { type: 'drop', id: 'a' },
    { type: 'presence', id: 'a', isAbsent: true },
    { type: 'reply', request: 1, reply: replyWith({}, 404) },
    { type: 'lost', request: 1 },
    { type: 'tick' },
  ] as const) {
    expect([event.type, apply(2000, event)]).toEqual([event.type, []]);
  }
  expect(JSON.stringify(state)).toBe(before);
});

test('What ends all calls ends the later ones of an earlier list, but waits for an open request.', () => {
  const { apply, join } = createMachine();
  join(0, 'a');
  join(0, 'b', { modelId: 'other' });
  const noCredits = replyWith({ status: 'error', message: 'Payment required' }, 402);
  expect(endsOf(apply(1000, { type: 'reply', request: 1, reply: noCredits }))).toEqual([
    ['a', 'payment_required'],
  ]);
  expect(endsOf(join(2000, 'c', { modelId: 'third', stops: 0 }))).toEqual([
    ['c', 'payment_required'],
  ]);
  // The request of `b` is open: its reply may still be a success.
  expect(endsOf(join(2000, 'd', { modelId: 'other', stops: 0 }))).toEqual([]);
  // A call that has joined after the failure tries again.
  expect(endsOf(join(2000, 'e', { modelId: 'fourth' }))).toEqual([]);
  const success = SUCCESS;
  expect(endsOf(apply(3000, { type: 'reply', request: 2, reply: success }))).toEqual([
    ['b', null],
    ['d', null],
  ]);
});

test('A call checks next at its deadline, or when its target may be polled.', () => {
  const { state, apply, join } = createMachine();
  join(0, 'a', { timeoutMs: 500_000 });
  expect(nextCheckAt(state, 'a')).toBe(150_000);
  apply(1000, { type: 'reply', request: 1, reply: PROCESSING });
  expect(nextCheckAt(state, 'a')).toBe(129_000);
  join(1000, 'b', { timeoutMs: 20_000 });
  expect(nextCheckAt(state, 'b')).toBe(21_000);
  expect(nextCheckAt(state, 'unknown')).toBe(Infinity);
});

test('A call leaves nothing but what is known of its target.', () => {
  const { state, apply, join } = createMachine();
  join(0, 'a', { imagePrompt: '' });
  apply(1000, { type: 'reply', request: 1, reply: SUCCESS });
  expect(Object.keys(state.targets)).toEqual(['reload m']);
  expect([state.targetCount, state.callCount, state.calls, state.open]).toEqual([1, 0, {}, []]);
  join(2000, 'b', { isStep: true });
  apply(3000, { type: 'reply', request: 2, reply: PROCESSING });
  expect(Object.keys(state.targets)).toEqual(['reload m']);
  expect(state.targetCount).toBe(1);
});

test.each<[string, Event, number]>([
  ['aborts', { type: 'leave', id: 'a' }, 1],
  ['is dropped', { type: 'drop', id: 'a' }, 1],
  ['is absent', { type: 'presence', id: 'a', isAbsent: true }, 1],
  ['has reached its deadline', { type: 'tick' }, 0],
])('After its last caller %s, a model counts as loading or not.', (_, event, loads) => {
  const { state, apply, join } = createMachine();
  join(0, 'a');
  apply(1000, { type: 'reply', request: 1, reply: PROCESSING });
  expect(state.line.loads).toBe(1);
  apply(event.type === 'tick' ? 60_000 : 59_000, event);
  expect(state.line.loads).toBe(loads);
  // Its first poll would have been due.
  join(200_000, 'b', { modelId: 'other' });
  apply(200_000, { type: 'tick' });
  expect(state.line.loads).toBe(0);
});

test('A model whose success may mean accepted counts as loading while its image is checked.', () => {
  const { state, apply, join } = createMachine();
  join(0, 'a', { until: 'image', imagePrompt: 'a dog' });
  const effects = apply(1000, {
    type: 'reply',
    request: 1,
    reply: SUCCESS,
  });
  expect(effects).toMatchObject([{ type: 'send', request: 2, call: { call: 'text2img' } }]);
  expect(state.line.loads).toBe(1);
});

test('Nothing is due while nobody waits, even if a model counts as loading.', () => {
  const { due, apply, join, reply } = createMachine();
  join(0, 'a');
  expect(due.wakeAt).toBe(60_000);
  reply(1000, 1, PROCESSING);
  expect(due.wakeAt).toBe(60_000);
  apply(2000, { type: 'leave', id: 'a' });
  expect(due.wakeAt).toBeNull();
  join(3000, 'b', { timeoutMs: 500_000 });
  expect(due.wakeAt).toBe(129_000);
});

test('A call that joins a line reports it once.', () => {
  const { apply, join } = createMachine();
  join(0, 'a');
  apply(1000, { type: 'reply', request: 1, reply: fullFor(40) });
  for (const id of ['b', 'c']) {
    const effects = join(2000, id, { modelId: 'other', hasListener: true });
    expect(effects).toEqual([
      {
        type: 'report',
        id,
        event: { type: 'waiting', modelId: 'other', reason: 'line', nextInMs: 39_000 },
      },
    ]);
  }
  expect(apply(3000, { type: 'tick' })).toEqual([]);
});

test.each([
  [0, 1],
  [899_999, 1],
  [900_002, 2],
])(
  'A line that closed for five minutes is open 10 minutes later, idle: after %i ms %i start.',
  (after, sent) => {
    const { apply, join } = createMachine();
    join(0, 'a', { timeoutMs: 1 });
    apply(1, { type: 'reply', request: 1, reply: fullFor(300) });
    apply(2, { type: 'tick' });
    const now = Math.max(after, 301_000);
    const effects = [...join(now, 'b', { modelId: 'x' }), ...join(now, 'c', { modelId: 'y' })];
    expect(effects.filter(({ type }) => type === 'send')).toHaveLength(sent);
  },
);

test('A step whose model waits for the reply to another one comes back a second later.', () => {
  const { apply, join } = createMachine();
  join(0, 'a');
  apply(0, { type: 'reply', request: 1, reply: fullFor(30) });
  // The trial is open.
  apply(30_000, { type: 'tick' });
  const effects = join(31_000, 'b', { modelId: 'other', isStep: true });
  expect(effects).toMatchObject([
    { type: 'settle', id: 'b', result: { outcome: null, step: { nextAt: 32_000, pauseMs: 1000 } } },
  ]);
});
