import vm from 'node:vm';
import { expect, test } from 'vitest';
import type { Outcome, ReloadOptions } from '../src/engine.ts';
import { collectUnhandled } from './unhandled.ts';
import { createScript, outcomeOf, processing, scriptedApi, success } from './scripted-api.ts';

async function collect(outcomes: AsyncIterable<Outcome>): Promise<Outcome[]> {
  const all: Outcome[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all;
}

const unhandled = collectUnhandled();

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const throwing = (name: string) =>
  Object.defineProperty(new Error('x'), name, {
    get() {
      throw new Error('getter');
    },
  });
const selfCaused = () => {
  const error = new Error('loop');
  error.cause = error;
  return error;
};
const MARK = Symbol.for('modelslab-reload.ReloadError');
const byModel = (one: Outcome, other: Outcome) => (one.modelId < other.modelId ? -1 : 1);
const THROWN: [string, () => unknown][] = [
  ['an error without a name', () => Object.assign(new Error('x'), { name: undefined })],
  ['an error whose name is a number', () => Object.assign(new Error('x'), { name: 7 })],
  ['an error without a stack', () => Object.assign(new Error('x'), { stack: null })],
  ['an error whose stack is an array', () => Object.assign(new Error('x'), { stack: [{}, {}] })],
  ['an error whose message throws', () => throwing('message')],
  ['an error whose code throws', () => throwing('code')],
  ['an error whose cause throws', () => throwing('cause')],
  ['an error that is its own cause', selfCaused],
  ['a revoked proxy', revoked],
  ['a function without a prototype', () => Object.setPrototypeOf(() => {}, null)],
  ['an object without a prototype', () => Object.create(null)],
  ['a symbol', () => Symbol('x')],
  ['null', () => null],
  ['undefined', () => undefined],
  ['a bigint', () => 1n],
  ['half of a ReloadError', () => ({ [MARK]: true })],
  [
    'a ReloadError of an unknown code',
    () => ({ [MARK]: true, code: 'nope', message: 'm', hint: 'h' }),
  ],
];
const RETURNED: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a string', 'success'],
  ['an empty object', {}],
  ['no headers', { status: 200, headers: null, text: '{}' }],
  ['a body that is not text', { status: 200, headers: {}, text: 7 }],
  ['a status that is not a number', { status: '200', headers: {}, text: '{}' }],
  ['a revoked proxy', revoked()],
];
const rejects = (thrown: unknown) => Promise.reject(thrown);
const throws = (thrown: unknown): never => {
  throw thrown;
};

/** What a transport does instead of returning a reply. */
const TRANSPORTS: [string, () => unknown][] = [
  ...THROWN.flatMap(([what, create]): [string, () => unknown][] => [
    [`rejects with ${what}`, () => rejects(create())],
    [`throws ${what}`, () => throws(create())],
  ]),
  ...RETURNED.map(([what, value]): [string, () => unknown] => [
    `returns ${what}`,
    () => Promise.resolve(value),
  ]),
  ['returns no promise', () => 7],
  ['never ends', () => new Promise(() => {})],
];

test.each(TRANSPORTS)('A transport that %s ends one model, with an outcome.', async (_, act) => {
  const api = scriptedApi([], {
    maxRetries: 0,
    requestTimeoutMs: 20_000,
    transport: (request, signal) =>
      request.body.includes('broken') ? (act() as never) : script.transport(request, signal),
  });
  const script = createScript([{ ...success, after: 5000 }], api.clock);
  const codes = await api.run(async () => {
    const [broken, fine, listed] = await Promise.all([
      outcomeOf(api, 'broken'),
      outcomeOf(api, 'fine'),
      collect(api.client.reloadMany(['broken-2', 'fine'])),
    ]);
    return [broken, fine, ...listed.toSorted(byModel)].map(
      ({ error, status }) => error?.code ?? status,
    );
  });
  const code = codes[0] ?? '';
  expect(['network_error', 'unexpected_response', 'request_timeout']).toContain(code);
  expect(codes).toEqual([code, 'success', code, 'success']);
  expect(unhandled).toEqual([]);
});

test.each<[string, () => unknown]>([
  ['throws', () => throws('mine')],
  ['rejects', () => rejects('mine')],
  ['rejects in another realm', () => vm.runInNewContext('Promise.reject("mine")')],
  [
    'returns a thenable that rejects',
    () => {
      const then = (_: unknown, reject: (reason: unknown) => void) => reject('mine');
      // oxlint-disable-next-line unicorn/no-thenable -- It is the point.
      return { then };
    },
  ],
])('An `onReply` that %s ends its own call only.', async (_, onReply) => {
  const api = scriptedApi([processing, success]);
  const ended = await api.run(() =>
    Promise.all([
      api.client.reload('m', { onReply }).catch((reason: unknown) => reason),
      collect(api.client.reloadMany(['m'], { onReply })).catch((reason: unknown) => reason),
      outcomeOf(api),
    ]),
  );
  expect(ended.slice(0, 2)).toEqual(['mine', 'mine']);
  expect(ended[2]).toMatchObject({ status: 'success', requests: 2 });
  expect(unhandled).toEqual([]);
});

test.each<[string, ReloadOptions['signal'], string]>([
  ['without a reason', AbortSignal.abort(null), 'aborted'],
  ['with an error', AbortSignal.abort(new Error('mine')), 'aborted'],
  ['with a revoked proxy', AbortSignal.abort(revoked()), 'aborted'],
])('A signal that is aborted %s ends a call with an outcome.', async (_, signal, code) => {
  const api = scriptedApi([success]);
  const outcome = await api.run(() => outcomeOf(api, 'm', { signal }));
  expect(outcome.error?.code).toBe(code);
  expect(api.requests).toEqual([]);
});

test('A signal that cannot remove its listener does not lose the outcome.', async () => {
  const signal = { aborted: false, addEventListener() {} } as unknown as AbortSignal;
  const api = scriptedApi([success]);
  const outcome = await api.run(() => outcomeOf(api, 'm', { signal }));
  expect(outcome.status).toBe('success');
});

test.each([
  ['in one process', false],
  ['in a Worker', true],
])('A signal whose reason throws ends its call %s, and no other.', async (_, isIsolated) => {
  const api = scriptedApi([processing, success], {}, { isIsolated });
  const stop = new AbortController();
  const thrown = new Error('of the signal');
  Object.defineProperty(stop.signal, 'reason', { get: () => throws(thrown) });
  const [ended, other] = await api.run(async () => {
    const ending = api.client.reload('m', { signal: stop.signal }).catch((error: unknown) => error);
    await api.clock.sleep(1000);
    stop.abort();
    return [await ending, await outcomeOf(api)];
  });
  expect(ended).toBe(thrown);
  expect(other).toMatchObject({ status: 'success' });
  expect(unhandled).toEqual([]);
});

test.each([Number.NaN, Infinity, -Infinity, 9e15])(
  'A wall clock that shows %d does not keep a call from its end.',
  async (time) => {
    const api = scriptedApi([success]);
    Object.assign(api.clock, { now: () => time });
    const outcome = await api.run(() => outcomeOf(api));
    expect(outcome.modelId).toBe('m');
    expect(unhandled).toEqual([]);
  },
);
