import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFull, runs } from '../../test/effort.ts';
import { seeded } from '../../test/load-times.ts';
import { play, scenario } from '../../test/random-callers.ts';
import { scriptedApi } from '../../test/scripted-api.ts';
import type { Outcome } from '../engine.ts';
import type { State } from '../state/state.ts';

/** Share of the events after which another process goes on. */
const SHARE = isFull ? 0.5 : 0.1;

/** Returns the state as another process would load it, at random points between two events. */
function reloadSometimes(seed: number) {
  const random = seeded(seed);
  return (state: State): State => (random() < SHARE ? JSON.parse(JSON.stringify(state)) : state);
}

test.each([
  ['one process', false],
  ['a Worker', true],
])(
  'Saving and loading the state between any two events changes nothing in %s.',
  async (_, isIsolated) => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.integer(), async (some, seed) => {
        const [kept, loaded] = await Promise.all([
          play(some, { isIsolated }),
          play(some, { isIsolated, betweenEvents: reloadSometimes(seed) }),
        ]);
        expect(loaded.seen).toEqual(kept.seen);
        expect(loaded.api.requests).toEqual(kept.api.requests);
      }),
      runs(isFull ? 50 : 10),
    );
  },
);

test('Saving and loading the state changes nothing in a list with a full queue and odd ids, nor for images.', async () => {
  const full = {
    status: 429,
    body: { status: 'error', message: 'Rate limit exceeded', retry_after: 20 },
  };
  const processing = { body: { status: 'processing', message: 'Model is reloading' } };
  const success = { body: { status: 'success', message: 'Model reloaded' } };
  const image = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
  const ids = ['__proto__', 'constructor', '7', 'm', 'toString'];
  const script = {
    ...Object.fromEntries(ids.map((id) => [id, [processing, success]])),
    ['__proto__']: [full, processing, success],
    m: [processing, full, success],
    ...Object.fromEntries(ids.map((id) => [`image ${id}`, [full, image]])),
  };
  const playList = async (host: object) => {
    const api = scriptedApi(script, {}, host);
    const outcomes: Outcome[] = [];
    await api.run(async () => {
      for await (const outcome of api.client.reloadMany(ids, { until: 'image' }))
        outcomes.push(outcome);
    });
    return { outcomes, requests: api.requests };
  };
  const kept = await playList({});
  expect(kept.outcomes.map(({ evidence }) => evidence)).toEqual(ids.map(() => 'image'));
  expect(await playList({ betweenEvents: reloadSometimes(1) })).toEqual(kept);
});
