import { describe, expect, test } from 'vitest';
import {
  apiError,
  full,
  hangs,
  processing,
  scriptedApi,
  success,
} from '../../test/scripted-api.ts';
import type { ReloadOptions, ReplyEvent } from '../engine.ts';

type Api = ReturnType<typeof scriptedApi>;

const spam = (seconds: number) =>
  apiError(200, 'Rate limit exceeded', { tips: `spam filter, wait for ${seconds} seconds` });
const HOURS = 7_200_000;

/** Calls `reload` and ignores its result. */
const call = (api: Api, id: string, options: ReloadOptions = {}) =>
  api.client.reload(id, options).catch(() => {});
/** Calls `reload`; adds each event to `seen`: time, reason or status, and seconds until the next request. */
const listen = (api: Api, id: string, seen: string[]) =>
  call(api, id, {
    onReply(event: ReplyEvent) {
      const next = event.nextInMs === null ? null : event.nextInMs / 1000;
      seen.push(`${api.now()} ${event.type === 'waiting' ? event.reason : event.status} ${next}`);
    },
  });
const sentAt = (api: Api) => api.requests.map(({ id, at }) => `${at} ${id}`);

describe('Every caller of a model gets the reason of its wait', () => {
  test('when a pause has become a wait for a slot.', async () => {
    const busy = [processing, full(30), { ...success, after: 50_000 }];
    const api = scriptedApi({ x: busy }, { concurrency: 1 });
    const seen: [string[], string[], string[]] = [[], [], []];
    await api.run(async () => {
      void call(api, 'x');
      await api.clock.sleep(140_000);
      return Promise.all(seen.map((events) => listen(api, 'm', events)));
    });
    for (const events of seen) {
      expect(events).toEqual(['140 pause 18', '158 slot null', '208 success null']);
    }
  });

  test('when a pause has become longer.', async () => {
    const api = scriptedApi({
      x: [processing, full(30), success],
      y: [processing, { ...full(60), after: 2000 }, success],
    });
    const seen: [string[], string[]] = [[], []];
    await api.run(async () => {
      for (const id of ['x', 'y']) void call(api, id);
      await api.clock.sleep(129_000);
      return Promise.all(seen.map((events) => listen(api, 'm', events)));
    });
    for (const events of seen) {
      expect(events).toEqual(['129 pause 29', '158 pause 32', '190 slot null', '190 success null']);
    }
  });

  test('when the model itself was rate limited.', async () => {
    const api = scriptedApi([spam(40), success]);
    const seen: [string[], string[]] = [[], []];
    await api.run(async () => {
      const first = listen(api, 'm', seen[0]);
      await api.clock.sleep(10_000);
      return Promise.all([first, listen(api, 'm', seen[1])]);
    });
    expect(seen).toEqual([
      ['0 error 40', '0 pause 40', '40 success null'],
      ['10 pause 30', '40 success null'],
    ]);
  });
});

describe('A requested wait of an hour', () => {
  test('applies to all callers of the model while one of them waits.', async () => {
    const api = scriptedApi([spam(3600), success]);
    await api.run(async () => {
      const first = call(api, 'm', { timeoutMs: HOURS });
      await api.clock.sleep(10_000);
      return Promise.all([first, call(api, 'm', { timeoutMs: HOURS })]);
    });
    expect(sentAt(api)).toEqual(['0 m', '3600 m']);
  });

  test('applies for 10 minutes if all callers have left.', async () => {
    const api = scriptedApi([spam(3600), success]);
    await api.run(async () => {
      await call(api, 'm', { timeoutMs: 20_000 });
      await api.clock.sleep(60_000);
      return call(api, 'm', { timeoutMs: HOURS });
    });
    expect(sentAt(api)).toEqual(['0 m', '600 m']);
  });

  test.each([
    ['of the line', { a: [full(3600), success] }, ['0 a', '3600 a', '3600 b']],
    [
      'of the client',
      { a: [processing, full(3600), success] },
      ['0 a', '128 a', '3728 a', '3728 b'],
    ],
  ])('%s applies to every model while a caller waits.', async (_, script, sent) => {
    const api = scriptedApi(script);
    await api.run(async () => {
      const first = call(api, 'a', { timeoutMs: HOURS });
      await api.clock.sleep(140_000);
      return Promise.all([first, call(api, 'b', { timeoutMs: HOURS })]);
    });
    expect(sentAt(api)).toEqual(sent);
  });
});

test('A call that ends while its request is open releases its slot.', async () => {
  const api = scriptedApi({ a: [hangs], b: [hangs], c: [success] }, { concurrency: 2 });
  await api.run(() =>
    Promise.all([
      call(api, 'a', { timeoutMs: 1000 }),
      call(api, 'b', { timeoutMs: 2000 }),
      call(api, 'c'),
    ]),
  );
  expect(sentAt(api)).toEqual(['0 a', '0 b', '1 c']);
});

test('A call for an image gets the reason of its wait, even if an earlier call had the same reason.', async () => {
  const image = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
  const slow = { ...success, after: 30_000 };
  const api = scriptedApi(
    {
      p: [processing, slow, processing, slow],
      m: [{ ...success, after: 10_000 }],
      'image m': [image],
    },
    { concurrency: 1 },
  );
  const seen: string[] = [];
  await api.run(async () => {
    for (const timeoutMs of [20_000, 600_000]) {
      const startedAt = api.now();
      void call(api, 'p', { maxAgeMs: 0 });
      await api.clock.sleep(120_000);
      const onReply = (event: ReplyEvent) => {
        if (event.type === 'waiting') seen.push(`${api.now() - startedAt} ${event.reason}`);
      };
      // When its model has loaded, the poll of the other one is due.
      await call(api, 'm', { until: 'image', timeoutMs, onReply });
      await api.clock.sleep(100_000);
    }
  });
  expect(seen).toEqual(['130 slot', '130 slot']);
});
