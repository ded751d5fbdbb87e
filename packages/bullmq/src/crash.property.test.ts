import type { EmulatorOptions } from '@modelslab-reload/emulator';
import { afterEach, expect, test, vi } from 'vitest';
import { createWorld } from '../test/world.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Operations until the crash: all in CI, elsewhere every fourth; every 15th while an image is awaited for half an hour. */
const IS_FULL = process.env.TEST_EFFORT === 'full';
const crashPoints = (step: number) => Array.from({ length: 45 / step }, (_, n) => step * n);
const CRASH_POINTS = crashPoints(IS_FULL ? 1 : 4);
const CRASH_POINTS_OF_IMAGES = crashPoints(IS_FULL ? 1 : 15);
const NEVER_READY: EmulatorOptions = {
  drawUnloaded: 'queue',
  success: 'accepted',
  loadTimeMs: 6_000_000,
};

/**
 * Starts two processes of which one crashes after a number of operations on the queue, and returns how the call of the
 * other one ended, and all requests.
 */
async function crash(operations: number, until: 'success' | 'image', options: EmulatorOptions) {
  const world = createWorld(options);
  const [dying, living] = [world.start(), world.start()];
  const [victim] = world.queue.processes;
  if (victim) victim.operationsLeft = operations;
  const outcome = await world.run(async () => {
    dying.reload('m', { until }).catch(() => {});
    await world.sleep(operations % 7);
    return living.reload('m', { until, timeoutMs: 1_800_000 }).catch((error: unknown) => error);
  });
  return {
    outcome,
    requests: world.emulator.requests,
  };
}

test.each<[string, EmulatorOptions]>([
  ['replies while the model loads', { repeat: 'refused' }],
  ['replies when it is loaded', { repeat: 'refused', success: 'blocking' }],
])(
  'Wherever a process crashes, the others succeed and keep the interval: the API %s.',
  async (_, options) => {
    for (const operations of CRASH_POINTS) {
      const { outcome, requests } = await crash(operations, 'success', options);
      const at = requests.map((request) => request.at);
      const gaps = at.slice(1).map((time, n) => time - (at[n] ?? 0));
      expect({ operations, outcome }).toMatchObject({ operations, outcome: { status: 'success' } });
      expect({ operations, gap: Math.min(...gaps, 30_000) }).toEqual({ operations, gap: 30_000 });
      expect(requests.length).toBeLessThanOrEqual(4);
      vi.useRealTimers();
    }
  },
);

test('Wherever a process crashes, the fleet requests at most three images.', async () => {
  for (const operations of CRASH_POINTS_OF_IMAGES) {
    const { requests } = await crash(operations, 'image', NEVER_READY);
    const images = requests.filter(({ path }) => path.endsWith('text2img'));
    expect({ operations, isAtMostThree: images.length <= 3 }).toEqual({
      operations,
      isAtMostThree: true,
    });
    expect(images.length).toBeGreaterThan(0);
    vi.useRealTimers();
  }
});
