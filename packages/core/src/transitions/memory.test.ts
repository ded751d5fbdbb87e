import { expect, test } from 'vitest';
import { createMachine, fullFor, PROCESSING, SUCCESS } from '../../test/machine.ts';
import { createReload } from '../state/state.ts';
import { add } from './memory.ts';

const MAX_IDLE = 10_000;

/** A state with so many idle models, `0` the least recently used one. */
function createIdleModels(count: number) {
  const { state, join, reply, apply } = createMachine();
  for (let at = 0; at < count; at++) add(state, `reload ${at}`, createReload(`${at}`));
  /** Calls `reload` for a model until the API has replied. */
  const reload = (modelId: string, now: number) => {
    join(now, modelId, { modelId });
    reply(now + 1, state.sent, SUCCESS);
  };
  return { state, join, apply, reload };
}

test('Idle models are remembered up to a limit, those used last for the longest time.', () => {
  const { state, reload } = createIdleModels(MAX_IDLE - 1);
  reload('new', 1000);
  expect(state.targetCount).toBe(MAX_IDLE);
  // It is the least recently used one, until this call.
  reload('0', 2000);
  expect(state.targetCount).toBe(MAX_IDLE);
  reload('one more', 3000);
  const left = Object.keys(state.targets);
  expect(left).toHaveLength(MAX_IDLE + 1 - 1001);
  expect(state.targetCount).toBe(left.length);
  expect(left[0]).toBe('reload 1002');
  expect(left.slice(-3)).toEqual(['reload new', 'reload 0', 'reload one more']);
});

test('What the limits of the account need is not forgotten, however many models are idle.', () => {
  const { state, join, apply, reload } = createIdleModels(MAX_IDLE);
  const [waiting, loading] = [state.targets['reload 1'], state.targets['reload 2']];
  if (!waiting || !loading) throw new Error('There are no models.');
  waiting.nextAt = 60_000;
  loading.load = { at: 0, isCertain: true };
  state.line.loads = 1;
  join(0, 'open', { modelId: '3' });
  join(0, 'absent', { modelId: '4' });
  apply(0, { type: 'presence', id: 'absent', isAbsent: true });
  reload('new', 1000);
  const left = Object.keys(state.targets);
  expect(left.slice(0, 2)).toEqual(['reload 1', 'reload 3']);
  expect(left).toContain('reload 4');
  // A model that is forgotten no longer counts as loading.
  expect(left).not.toContain('reload 2');
  expect(state.line.loads).toBe(1 /* `new`, whose success may mean accepted */);
});

test('Models that must be kept are not read again for each one that becomes idle.', () => {
  const { state, reload } = createIdleModels(MAX_IDLE);
  for (const target of Object.values(state.targets)) target.nextAt = 60_000;
  let reads = 0;
  state.targets = new Proxy(state.targets, {
    ownKeys(targets) {
      reads++;
      return Reflect.ownKeys(targets);
    },
  });
  for (let n = 0; n < 2000; n++) reload(`new ${n}`, 1000);
  expect(state.targetCount).toBe(MAX_IDLE + 2000);
  expect(reads).toBe(2);
  // The first ones of a thousand are forgotten, once they may be.
  for (let n = 0; n < 1000; n++) reload('one', 60_000);
  expect([state.targetCount, reads]).toEqual([MAX_IDLE - 1000, 3]);
});

test('A request that was given up may have reached the server: the next one keeps the interval.', () => {
  const { state, join, apply, tick } = createMachine();
  join(0, 'a');
  expect(apply(5000, { type: 'leave', id: 'a' })).toMatchObject([
    { type: 'settle', id: 'a' },
    { type: 'abort', request: 1 },
  ]);
  expect(state.open).toEqual([]);
  expect(state.targets['reload m']).toMatchObject({ request: null, place: null, nextAt: 40_000 });
  expect(join(6000, 'b')).toEqual([]);
  expect(tick(40_000)).toMatchObject([{ type: 'send', request: 2 }]);
});

test('The end of a trial that is given up does not open the line.', () => {
  const { state, join, reply, apply, tick } = createMachine();
  join(0, 'x', { modelId: 'x', timeoutMs: 600_000 });
  reply(0, 1, PROCESSING);
  join(0, 'a', { timeoutMs: 600_000 });
  reply(0, 2, fullFor(30));
  tick(30_000);
  expect(state.line.closed?.trial).toBe(3);
  apply(31_000, { type: 'leave', id: 'a' });
  expect(state.line.closed).toMatchObject({ trial: null, limit: 1 });
});
