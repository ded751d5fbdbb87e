import { createVirtualClock } from '@modelslab-reload/emulator';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/effort.ts';
import { apiError, hangs, KEY, processing, scriptedApi, success } from '../../test/scripted-api.ts';
import { createTime } from '../drivers/time.ts';
import { initialOutcome } from '../outcome.ts';
import type { WithModelOptions } from '../options.ts';
import { createWithModel } from './with-model.ts';

const COLD = { status: 'error', message: 'Model is not loaded: m' };
const IMAGE = { status: 'success', output: ['https://cdn.example/1.png'] };

/** A client whose reload follows a script, and a `use` that takes a second and fails until the model is loaded. */
function world({ loadedAtS = 130, script = [success] } = {}) {
  const api = scriptedApi(script);
  const runsAt: number[] = [];
  const use = async () => {
    const at = api.now();
    runsAt.push(at);
    await api.clock.sleep(1000, new AbortController().signal);
    return at < loadedAtS ? COLD : IMAGE;
  };
  const withModel = (options: WithModelOptions = {}, run: () => unknown = use) =>
    api.client.withModel('m', run, options).catch((error: unknown) => error);
  return { ...api, runsAt, use, withModel };
}

const seconds = (s: number) => 1000 * s;

test('a loaded model costs one use and no request', async () => {
  const { run, withModel, requests, runsAt } = world({ loadedAtS: 0 });
  expect(await run(() => withModel())).toBe(IMAGE);
  expect([requests.length, runsAt]).toEqual([0, [0]]);
});

test('an unloaded model is reloaded, and use runs again after the success', async () => {
  const { run, withModel, requests, runsAt } = world({
    loadedAtS: 100,
    script: [processing, success],
  });
  expect(await run(() => withModel())).toBe(IMAGE);
  expect(requests.map(({ at }) => at)).toEqual([1, 129]);
  expect(runsAt).toEqual([0, 129]);
});

test('if success meant accepted, only use is repeated, on the schedule of a load', async () => {
  const { run, withModel, requests, runsAt } = world({ loadedAtS: Infinity });
  const error = await run(() => withModel({ timeoutMs: seconds(3600) }));
  expect(error).toMatchObject({
    code: 'wait_timeout',
    cause: COLD,
    outcome: { status: 'success', requests: 1 },
  });
  expect(String(error)).toMatch(/^ReloadError: m: The model is still unloaded after /);
  expect(requests).toHaveLength(1);
  expect(runsAt).toEqual([0, 1, 129, 164, 199, 244, 329, 549]);
});

test('a wall clock that is set back while the model loads changes nothing', async () => {
  const { run, withModel, moveWall, clock, runsAt } = world({ script: [processing, success] });
  const image = await run(() => {
    void clock.sleep(seconds(5)).then(() => moveWall(-seconds(3600)));
    return withModel();
  });
  expect([image, runsAt]).toEqual([IMAGE, [0, 129, 257]]);
});

describe('Callers of one model', () => {
  test('share the reload and one probe, and all run their own use once it is loaded.', async () => {
    const { run, withModel, requests, runsAt } = world({ loadedAtS: 150 });
    const all = await run(() => Promise.all(Array.from({ length: 20 }, () => withModel())));
    for (const each of all) expect(each).toBe(IMAGE);
    expect(requests).toHaveLength(1);
    // Twenty at the start, the probes at 1 and 129, the one that finds it loaded, and the nineteen others.
    expect(runsAt).toHaveLength(20 + 2 + 1 + 19);
    expect(Math.max(...runsAt)).toBeLessThan(168);
  });

  test('that come later join the wait without a reload, and see first if it is loaded.', async () => {
    const { run, clock, withModel, requests, runsAt } = world({ loadedAtS: 60 });
    await run(() =>
      Promise.all([
        withModel(),
        clock.sleep(seconds(70), new AbortController().signal).then(() => withModel()),
      ]),
    );
    expect(requests).toHaveLength(1);
    // The first caller need not wait for 129 s, because the second one found the model loaded.
    expect(runsAt).toHaveLength(4);
    expect(runsAt[3]).toBeLessThan(73);
  });

  test('keep their own errors: another one probes if a probe fails for another reason.', async () => {
    const busy = { status: 'error', message: 'Rate limit exceeded' };
    const { run, withModel, requests } = world();
    let count = 0;
    const use = async () => {
      count++;
      if (count <= 3) return COLD;
      return count === 4 ? busy : IMAGE;
    };
    const all = await run(() => Promise.all(Array.from({ length: 3 }, () => withModel({}, use))));
    expect(all.filter((each) => each === busy)).toHaveLength(1);
    expect(all.filter((each) => each === IMAGE)).toHaveLength(2);
    expect(requests).toHaveLength(1);
  });
});

describe('A call ends', () => {
  test("with use's own error, thrown as it is.", async () => {
    const { run, withModel, requests } = world();
    const own = new TypeError('mine');
    expect(await run(() => withModel({}, () => Promise.reject(own)))).toBe(own);
    expect(
      await run(() =>
        withModel({}, () => {
          throw own;
        }),
      ),
    ).toBe(own);
    expect(requests).toEqual([]);
  });

  test('with the error of the reload, caused by what use returned.', async () => {
    const { run, withModel } = world({ script: [apiError(404, 'Model not found: m')] });
    expect(await run(() => withModel())).toMatchObject({
      name: 'ReloadError',
      message: 'm: Model not found: m',
      code: 'model_not_found',
      cause: COLD,
    });
  });

  test('at its deadline, while the reload waits or before the next run of use.', async () => {
    const reloading = world({ script: [hangs] });
    expect(
      await reloading.run(() => reloading.withModel({ timeoutMs: seconds(20) })),
    ).toMatchObject({
      code: 'wait_timeout',
      cause: COLD,
    });
    expect(reloading.now()).toBe(20);
    const waiting = world();
    expect(await waiting.run(() => waiting.withModel({ timeoutMs: seconds(20) }))).toMatchObject({
      code: 'wait_timeout',
      message: 'm: The deadline of 20s passed; the model is unloaded',
      cause: COLD,
    });
    expect(waiting.now()).toBe(20);
  });

  test('without cutting a use that runs beyond the deadline.', async () => {
    const { run, withModel, clock } = world();
    const slow = () => clock.sleep(seconds(100), new AbortController().signal).then(() => IMAGE);
    expect(await run(() => withModel({ timeoutMs: seconds(10) }, slow))).toBe(IMAGE);
  });

  test.each([0, 20, 60])('on its signal after %i s, with its reason as the cause.', async (at) => {
    const { run, withModel, clock, now } = world({ script: at === 20 ? [hangs] : [success] });
    const stop = new AbortController();
    const error = await run(async () => {
      const call = at === 0 ? null : withModel({ signal: stop.signal });
      await clock.sleep(seconds(at), new AbortController().signal);
      stop.abort('shutdown');
      return call ?? withModel({ signal: stop.signal });
    });
    expect(error).toMatchObject({ code: 'aborted', cause: 'shutdown' });
    expect(now()).toBe(at);
  });
});

test('use gets the signal of the call', async () => {
  const { client, run } = world();
  const { signal } = new AbortController();
  expect(await run(() => client.withModel('m', (given) => given === signal, { signal }))).toBe(
    true,
  );
  expect(await run(() => client.withModel('m', (given) => given.aborted))).toBe(false);
});

test('isUnloaded replaces the test for what is thrown and returned', async () => {
  const { run, withModel, requests } = world();
  const seen: unknown[] = [];
  let count = 0;
  const use = () => {
    count++;
    if (count === 1) throw new Error('cold');
    return count === 2 ? 'cold' : 'image';
  };
  const isUnloaded = async (value: unknown) => {
    seen.push(value);
    return /cold/.test(String(value));
  };
  expect(await run(() => withModel({ isUnloaded }, use))).toBe('image');
  expect(seen).toEqual([expect.any(Error), 'cold', 'image']);
  expect(requests).toHaveLength(1);
});

test.each<[unknown[], RegExp]>([
  [['a b', () => 1], /model id "a b" has whitespace/],
  [['m', 7], /use must be a function/],
  [['m', () => 1, { until: 'image' }], /Unknown option: until/],
  [['m', () => 1, { maxAgeMs: 1 }], /Unknown option: maxAgeMs/],
  [['m', () => 1, { isUnloaded: true }], /isUnloaded must be a function/],
  [['m', () => 1, { timeoutMs: 0 }], /timeoutMs/],
  [[KEY, () => 1], /contains the API key/],
])('withModel(%j) is rejected before use runs', async (args, message) => {
  const { client } = world();
  await expect(
    client.withModel(...(args as Parameters<typeof client.withModel>)),
  ).rejects.toMatchObject({
    code: 'invalid_argument',
    message: expect.stringMatching(message),
  });
});

test('whatever use does, one that the API accepted is not repeated, and no call runs it more than eight times', async () => {
  type Result = 'cold' | 'throws' | 'busy' | 'accepted';
  const results = fc.array(fc.constantFrom<Result>('cold', 'cold', 'throws', 'busy', 'accepted'), {
    minLength: 1,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(results, fc.integer({ min: 1, max: 6 }), async (script, callers) => {
      const clock = createVirtualClock();
      let next = 0;
      const reload = async (modelId: string) => {
        await clock.sleep(seconds(10), new AbortController().signal);
        const at = new Date(clock.now()).toISOString();
        return { ...OUTCOME, modelId, startedAt: at, repliedAt: at };
      };
      const withModel = createWithModel(reload, { time: createTime(clock) }, KEY);
      const call = async () => {
        const seen: Result[] = [];
        const use = async () => {
          const result = script[next++ % script.length] ?? 'cold';
          seen.push(result);
          await clock.sleep(seconds(3), new AbortController().signal);
          if (result === 'throws') throw new Error('own');
          return {
            cold: COLD,
            busy: apiError(429, 'busy').body,
            accepted: { status: 'processing', id: 7 },
          }[result];
        };
        const end: unknown = await withModel('m', use, { timeoutMs: seconds(3000) }).catch(
          (error: unknown) => error,
        );
        expect(seen.length).toBeLessThanOrEqual(8);
        for (const result of seen.slice(0, -1)) expect(result).toBe('cold');
        expect(end).toMatchObject(ENDS[seen.at(-1) ?? 'cold']);
      };
      await clock.run(() => Promise.all(Array.from({ length: callers }, call)));
    }),
    runs(200),
  );
});

const OUTCOME = initialOutcome('m', 0, { status: 'success', evidence: 'reply' });
const ENDS = {
  cold: { code: 'wait_timeout', cause: COLD },
  throws: { message: 'own' },
  busy: { message: 'busy' },
  accepted: { status: 'processing' },
};
