import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  apiError,
  hangs,
  KEY,
  processing,
  scriptedApi,
  success,
  type Step,
} from '../../test/scripted-api.ts';
import type { ReloadManyOptions } from '../options.ts';
import type { Outcome } from '../outcome.ts';
import type { ModelIds } from './read-ids.ts';

type Script = Parameters<typeof scriptedApi>[0];

async function reloadMany(
  script: Script,
  ids: ModelIds,
  options: ReloadManyOptions = {},
  clientOptions = {},
) {
  const api = scriptedApi(script, clientOptions);
  const outcomes = await api.run(() => collect(api.client.reloadMany(ids, options)));
  const byId = Object.fromEntries(outcomes.map((outcome) => [outcome.modelId, outcome]));
  return { outcomes, byId, api };
}

async function collect(outcomes: AsyncIterable<Outcome>): Promise<Outcome[]> {
  const all: Outcome[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all;
}

function abortAfter(api: ReturnType<typeof scriptedApi>, ms: number): AbortSignal {
  const caller = new AbortController();
  void api.clock.sleep(ms).then(() => caller.abort());
  return caller.signal;
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `model-${at}`);
const codes = (outcomes: Outcome[]) =>
  outcomes.map(({ modelId, error }) => [modelId, error?.code ?? null]);
const slow: Step = { ...success, after: 10_000 };

test('Outcomes are yielded as the models finish.', async () => {
  const { outcomes } = await reloadMany(
    { a: [processing, success], b: [apiError(404, 'Model not found')], c: [success] },
    ['a', 'b', 'c'],
  );
  expect(codes(outcomes)).toEqual([
    ['b', 'model_not_found'],
    ['c', null],
    ['a', null],
  ]);
});

test.each([1, 2, 3, 10])('At most %i requests are open.', async (concurrency) => {
  const { outcomes, api } = await reloadMany([slow], numbered(10), {}, { concurrency });
  expect(outcomes).toHaveLength(10);
  expect(api.mostOpen()).toBe(concurrency);
  expect(api.now()).toBe(Math.ceil(10 / concurrency) * 10);
});

test('Waiting models do not occupy a slot.', async () => {
  const { api } = await reloadMany([processing, success], numbered(50), {}, { concurrency: 1 });
  expect(api.now()).toBe(128);
});

test('Duplicate ids are requested once.', async () => {
  const { outcomes, api } = await reloadMany([success], ['a', 'b', 'a', 'a', 'b']);
  expect(outcomes.map(({ modelId }) => modelId)).toEqual(['a', 'b']);
  expect(api.requests).toHaveLength(2);
});

test('An empty list ends immediately.', async () => {
  expect((await reloadMany([success], [])).outcomes).toEqual([]);
});

test('Ids are read as slots become free.', async () => {
  let read = 0;
  function* ids() {
    for (const id of numbered(100)) {
      read++;
      yield id;
    }
  }
  const api = scriptedApi([slow], { concurrency: 3 });
  const readThen = await api.run(async () => {
    const outcomes = api.client.reloadMany(ids());
    await outcomes.next();
    const then = read;
    await outcomes.return();
    return then;
  });
  expect(readThen).toBeLessThanOrEqual(4);
});

test('Invalid ids have an outcome with the id escaped, and no request is sent for them.', async () => {
  const ids = ['ok', '', ' ', 'a\nb\u202e', KEY, 7 as unknown as string];
  const { outcomes, api } = await reloadMany([success], ids);
  expect(outcomes.filter(({ error }) => error?.code === 'invalid_argument')).toHaveLength(5);
  expect(api.requests.map(({ id }) => id)).toEqual(['ok']);
  const shown = outcomes.map(({ modelId }) => modelId).toSorted();
  expect(shown).toEqual(['', ' ', '7', '[redacted]', 'a\\u000ab\\u202e', 'ok']);
  expect(JSON.stringify(outcomes)).not.toContain(KEY);
});

describe('A rate limited reply', () => {
  const full = apiError(429, 'Rate limit exceeded. Maximum 5 queued requests allowed.', {
    retry_after: 60,
  });
  const spam = apiError(200, 'Rate limit exceeded', {
    tips: 'spam filter is enabled, please wait for 60 seconds',
  });

  test('pauses the whole list for the requested time.', async () => {
    const { outcomes, api } = await reloadMany(
      { a: [full, success], b: [slow], c: [success], d: [success] },
      ['a', 'b', 'c', 'd'],
    );
    // b was open when the queue was full; nothing else is sent until 60 s later. b may still be loading, but a is
    // accepted beside it, so that the list goes on at its usual pace.
    expect(api.requests.map(({ id, at }) => [id, at])).toEqual([
      ['a', 0],
      ['b', 0],
      ['a', 60],
      ['c', 60],
      ['d', 60],
    ]);
    expect(outcomes.every(({ status }) => status === 'success')).toBe(true);
  });

  test('pauses only the one model if it is from the spam filter.', async () => {
    const { api } = await reloadMany({ a: [spam, success], b: [success], c: [success] }, [
      'a',
      'b',
      'c',
    ]);
    expect(api.requests.map(({ id, at }) => [id, at])).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 0],
      ['a', 60],
    ]);
  });

  test('that requests more time than is left ends the list.', async () => {
    const { outcomes, api } = await reloadMany(
      { a: [full] },
      ['a', 'b', 'c'],
      { timeoutMs: 30_000 },
      {
        concurrency: 1,
      },
    );
    expect(codes(outcomes)).toEqual([
      ['a', 'rate_limited'],
      ['b', 'rate_limited'],
      ['c', 'rate_limited'],
    ]);
    expect(outcomes.map(({ requests }) => requests)).toEqual([1, 0, 0]);
    expect(api.now()).toBe(0);
  });

  test('of the spam filter that requests more time than is left ends only the one model.', async () => {
    const { byId } = await reloadMany({ a: [spam] }, ['a', 'b'], { timeoutMs: 30_000 });
    expect(byId.a?.error?.code).toBe('rate_limited');
    expect(byId.b?.error).toBeNull();
  });
});

test.each([[apiError(402, 'Insufficient credits'), 'payment_required']])(
  'A failure of the account ends the list: %j',
  async (step, code) => {
    const ids = ['waited', 'open', 'bad', 'not-begun', 'nor-this'];
    const script = { waited: [processing], open: [{ ...success, after: 20_000 }], bad: [step] };
    const { byId, api } = await reloadMany(script, ids, {}, { concurrency: 2 });
    expect(byId.waited).toMatchObject({ status: 'processing', requests: 1, error: { code } });
    expect(byId.waited?.error?.message).toContain('Stopped because another request failed: ');
    // Its request was already open, so its result is not lost.
    expect(byId.open).toMatchObject({ status: 'success', error: null });
    expect(byId.bad).toMatchObject({ status: 'error', requests: 1, error: { code } });
    expect(byId['not-begun']).toMatchObject({ status: 'error', requests: 0, error: { code } });
    expect(byId['nor-this']).toMatchObject({ requests: 0, error: { code } });
    expect(api.requests).toHaveLength(3);
  },
);

test('The deadline of each model counts from its first request.', async () => {
  const { outcomes, api } = await reloadMany(
    [slow],
    numbered(6),
    { timeoutMs: 15_000 },
    { concurrency: 1 },
  );
  expect(codes(outcomes).map(([, code]) => code)).toEqual([null, null, null, null, null, null]);
  expect(api.now()).toBe(60);
});

test('A deadline ends only its own model.', async () => {
  const { outcomes, api } = await reloadMany(
    { a: [processing], b: [processing, success], c: [hangs] },
    ['a', 'b', 'c'],
    { timeoutMs: 130_000 },
  );
  expect(codes(outcomes)).toEqual([
    ['b', null],
    ['a', 'wait_timeout'],
    ['c', 'wait_timeout'],
  ]);
  expect(api.now()).toBe(130);
});

test('An abort ends the list immediately, and each model has an outcome.', async () => {
  const api = scriptedApi(
    { a: [processing], b: [success], c: [hangs], d: [success] },
    { concurrency: 1 },
  );
  const caller = new AbortController();
  const outcomes = await api.run(async () => {
    void api.clock.sleep(5000).then(() => caller.abort());
    return collect(api.client.reloadMany(['a', 'b', 'c', 'd', 'e'], { signal: caller.signal }));
  });
  expect(api.now()).toBe(5);
  expect(codes(outcomes)).toEqual([
    ['b', null],
    ['a', 'aborted'],
    ['c', 'aborted'],
    ['d', 'aborted'],
    ['e', 'aborted'],
  ]);
});

test('Leaving the loop stops reading ids and closes their iterator.', async () => {
  let read = 0;
  let closed = false;
  function* ids() {
    try {
      for (;;) yield `model-${read++}`;
    } finally {
      closed = true;
    }
  }
  const api = scriptedApi([success]);
  await api.run(async () => {
    for await (const { error } of api.client.reloadMany(ids())) {
      expect(error).toBeNull();
      break;
    }
    await api.clock.sleep(1000);
  });
  expect(read).toBeLessThan(10);
  expect(closed).toBe(true);
});

test('Leaving the loop also stops reading if the ids are invalid.', async () => {
  let read = 0;
  function* ids() {
    for (;;) yield `bad\n${read++}`;
  }
  const api = scriptedApi([success]);
  await api.run(async () => {
    const outcomes = api.client.reloadMany(ids());
    await outcomes.next();
    await outcomes.return();
  });
  expect(read).toBeLessThan(100);
});

test('An id that cannot be converted to a string has an outcome.', async () => {
  const ids = [Object.create(null) as string, Symbol('x') as unknown as string, 'a'];
  const { outcomes } = await reloadMany([success], ids);
  expect(codes(outcomes).map(([, code]) => code)).toEqual([
    'invalid_argument',
    'invalid_argument',
    null,
  ]);
});

describe('Ids from an async iterable', () => {
  test('are no longer awaited when a failure ends the list.', async () => {
    async function* ids() {
      yield 'a';
      await new Promise(() => {});
    }
    const { outcomes, api } = await reloadMany([apiError(401, 'Invalid API key')], ids());
    expect(codes(outcomes)).toEqual([['a', 'unauthorized']]);
    expect(api.now()).toBe(0);
  });

  test.each<[string, (nth: number) => Promise<IteratorResult<string>>, number]>([
    ['when the reader leaves', async (nth) => ({ value: `model-${nth}` }), 1],
    ['when the signal aborts', () => new Promise(() => {}), 1],
    ['but not after they threw', () => Promise.reject(new Error('broke')), 0],
  ])('are closed %s.', async (_, next, times) => {
    let returned = 0;
    let nth = 0;
    const ids: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => next(nth++),
        async return() {
          returned++;
          return { done: true, value: undefined };
        },
      }),
    };
    const api = scriptedApi([success]);
    await api.run(async () => {
      try {
        const signal = abortAfter(api, 5000);
        for await (const { error } of api.client.reloadMany(ids, { signal })) {
          expect(error).toBeNull();
          break;
        }
      } catch (error) {
        expect(String(error)).toContain('broke');
      }
    });
    expect(returned).toBe(times);
  });

  test('may have the simplest iterator that `for await` accepts.', async () => {
    const all = ['a', 'b'];
    let returned = 0;
    const plain = {
      [Symbol.asyncIterator]: () => ({
        next: () => ({ done: all.length === 0, value: all.shift() }),
        return: () => ({ done: true, value: returned++ }),
      }),
    } as unknown as AsyncIterable<string>;
    const { outcomes } = await reloadMany([success], plain);
    expect(codes(outcomes)).toEqual([
      ['a', null],
      ['b', null],
    ]);
    expect(returned).toBe(0);
  });

  test('are requested as they arrive.', async () => {
    const api = scriptedApi([success]);
    async function* ids() {
      yield 'a';
      await api.clock.sleep(50_000);
      yield 'b';
    }
    const outcomes = await api.run(() => collect(api.client.reloadMany(ids())));
    expect(outcomes.map(({ modelId }) => modelId)).toEqual(['a', 'b']);
    expect(api.requests.map(({ at }) => at)).toEqual([0, 50]);
  });

  test('are no longer awaited after an abort.', async () => {
    let closed = false;
    async function* ids() {
      try {
        yield 'a';
        yield 'b';
        await new Promise(() => {});
      } finally {
        closed = true;
      }
    }
    const api = scriptedApi({ a: [success], b: [processing] });
    const outcomes = await api.run(() =>
      collect(api.client.reloadMany(ids(), { signal: abortAfter(api, 20_000) })),
    );
    expect(codes(outcomes)).toEqual([
      ['a', null],
      ['b', 'aborted'],
    ]);
    expect(api.now()).toBe(20);
    // A generator that is awaiting cannot be closed from outside; `return` only takes effect later.
    expect(closed).toBe(false);
  });

  test.each([
    ['has a return method', true],
    ['has no return method', false],
  ])('whose iterator %s are no longer awaited when the signal aborts.', async (_, canReturn) => {
    let returns = 0;
    const source = {
      next: () => new Promise<never>(() => {}),
      ...(canReturn && { return: () => Promise.reject(new Error(`closed ${++returns}`)) }),
    };
    const ids = { [Symbol.asyncIterator]: () => source };
    const api = scriptedApi([success]);
    const outcomes = await api.run(() =>
      collect(api.client.reloadMany(ids, { signal: abortAfter(api, 20_000) })),
    );
    expect(outcomes).toEqual([]);
    expect(api.now()).toBe(20);
    expect(returns).toBe(canReturn ? 1 : 0);
  });

  test('whose iterator throws end the list after the models that have started.', async () => {
    const api = scriptedApi([processing, success]);
    const broke = new Error('source broke');
    async function* ids() {
      yield 'a';
      throw broke;
    }
    const outcomes: Outcome[] = [];
    const reading = api.run(async () => {
      for await (const outcome of api.client.reloadMany(ids())) outcomes.push(outcome);
    });
    await expect(reading).rejects.toBe(broke);
    expect(codes(outcomes)).toEqual([['a', null]]);
  });
});

test('Leaving the loop ends all requests.', async () => {
  const api = scriptedApi({ a: [success], b: [processing], c: [hangs] });
  await api.run(async () => {
    for await (const outcome of api.client.reloadMany(['a', 'b', 'c', 'd'])) {
      expect(outcome.modelId).toBe('a');
      break;
    }
    await api.clock.sleep(1_000_000);
  });
  expect(api.requests.filter(({ at }) => at > 0)).toEqual([]);
});

test('An error in onReply ends the list.', async () => {
  const api = scriptedApi([processing]);
  const mine = new Error('mine');
  const onReply = () => {
    throw mine;
  };
  await expect(api.run(() => collect(api.client.reloadMany(['a', 'b'], { onReply })))).rejects.toBe(
    mine,
  );
});

test('As many models start together as there are slots, even after two have ended at the same time.', async () => {
  const after = (ms: number): Step[] => [{ ...success, after: ms }];
  const { api } = await reloadMany(
    { a: after(1000), b: after(1000), c: after(9000), d: after(9000) },
    ['a', 'b', 'c', 'd'],
    {},
    { concurrency: 2 },
  );
  expect(api.requests.map(({ id, at }) => `${at} ${id}`)).toEqual(['0 a', '0 b', '1 c', '1 d']);
});

test('A model that is answered from memory does not delay the start of another one.', async () => {
  const api = scriptedApi({ c: [{ ...success, after: 1000 }] }, { concurrency: 2 });
  await api.run(async () => {
    await api.client.reload('x');
    return collect(api.client.reloadMany(['x', 'c', 'd'], { maxAgeMs: 60_000 }));
  });
  expect(api.requests.map(({ id, at }) => `${at} ${id}`)).toEqual(['0 x', '0 c', '0 d']);
});

test('A call leaves no listener on its signal when its reader leaves.', async () => {
  const api = scriptedApi([success]);
  const { signal } = new AbortController();
  await api.run(async () => {
    const outcomes = api.client.reloadMany(['a', 'b'], { signal });
    await outcomes.next();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await outcomes.return();
  });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
