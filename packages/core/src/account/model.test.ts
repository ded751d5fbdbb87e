import { beforeEach, describe, expect, test } from 'vitest';
import { createTargetContext } from '../../test/target-context.ts';
import { Caller } from '../polling/caller.ts';
import { Model } from './model.ts';

const SUCCESS = { status: 'success', message: 'Model reloaded' };
const PROCESSING = { status: 'processing', message: 'Model is reloading' };
const NOT_FOUND = { status: 'error', message: 'Model not found' };
const PAGE = '<html>Bad gateway</html>';

let host: ReturnType<typeof createTargetContext>;
let model: Model;
beforeEach(() => {
  host = createTargetContext();
  model = new Model(host.context, host.time, 'm');
});

/** Sends a request and receives a reply to it immediately. */
function exchange(body: object | string, status = 200) {
  model.request();
  return model.receive(host.parse(body, status), host.now());
}
/** The seconds until the next request. */
const nextIn = () => (model.nextAt - host.now()) / 1000;

test('A new model is not accepted, has no result, and its first request is due.', () => {
  expect(model.isBeginning()).toBe(true);
  expect(model.isAcceptanceFresh()).toBe(false);
  expect(model.rememberedFailure()).toBeNull();
  expect(model.succeededAt).toBeNull();
  expect(model.nextAt).toBe(-Infinity);
});

describe('Processing', () => {
  test('is an acceptance until the next request is due.', async () => {
    expect(exchange(PROCESSING)).toBeNull();
    expect(model.isBeginning()).toBe(false);
    expect(nextIn()).toBe(128);
    await host.wait(127.999);
    expect(model.isAcceptanceFresh()).toBe(true);
    await host.wait(0.001);
    expect(model.isAcceptanceFresh()).toBe(false);
  });

  test.each([
    ['it has no callers', null, 128],
    ['a caller has more time', 201, 200],
    ['no caller has more time', 200, 128],
  ])('with an eta of 200 s uses the right interval if %s.', (_, seconds, next) => {
    if (seconds !== null) {
      model.callers.add(new Caller(host.time, { timeoutMs: 60_000, stops: 0 }));
      model.callers.add(new Caller(host.time, { timeoutMs: seconds * 1000, stops: 0 }));
    }
    exchange({ ...PROCESSING, eta: 200 });
    expect(nextIn()).toBe(next);
  });

  test('expires 15 minutes after the last such reply, when a caller joins.', async () => {
    exchange(PROCESSING);
    await host.wait(900);
    model.expire(host.now());
    expect(model.isBeginning()).toBe(false);
    await host.wait(0.001);
    model.expire(host.now());
    expect(model.isBeginning()).toBe(true);
    expect(model.wait.firstStatus).toBeNull();
    expect(model.isAcceptanceFresh()).toBe(false);
  });

  test('makes failures retryable that are final before it.', () => {
    expect(exchange(PAGE)).toMatchObject({ code: 'unexpected_response', retryable: false });
    exchange(PROCESSING);
    expect(exchange(PAGE)).toMatchObject({ code: 'unexpected_response', retryable: true });
    expect(model.isBeginning()).toBe(false);
    expect(exchange(NOT_FOUND)).toMatchObject({ code: 'model_not_found', retryable: false });
    expect(exchange(PAGE)).toMatchObject({ code: 'unexpected_response', retryable: false });
  });

  test('starts the schedule from the beginning in each wait.', () => {
    exchange(PROCESSING);
    exchange(PROCESSING);
    expect(nextIn()).toBe(35);
    exchange(SUCCESS);
    exchange(PROCESSING);
    expect(nextIn()).toBe(128);
  });
});

describe('A success', () => {
  test.each([
    [[SUCCESS], 'reply', 'success'],
    [[PROCESSING, SUCCESS], 'change', 'processing'],
  ])('after %j has the right evidence.', (bodies, evidence, firstStatus) => {
    for (const body of bodies) exchange(body);
    expect(model.wait).toEqual({
      status: 'success',
      evidence,
      firstStatus,
      lastStatus: 'success',
      message: 'Model reloaded',
      repliedAt: '2026-11-21T20:15:00.000Z',
    });
    expect(model.succeededAt).toBe(host.now());
    expect(nextIn()).toBe(35);
  });

  test('is kept when a caller joins and discarded by the next request.', () => {
    exchange(SUCCESS);
    model.expire(host.now());
    expect(model.succeededAt).not.toBeNull();
    expect(model.wait.status).toBe('success');
    model.request();
    expect(model.succeededAt).toBeNull();
    expect(model.wait).toMatchObject({ status: 'error', evidence: null, firstStatus: null });
  });
});

describe('A failure', () => {
  test('that is final is kept for the interval, and the next request starts a new wait.', async () => {
    exchange({ ...PROCESSING });
    const failure = exchange(NOT_FOUND);
    expect(failure).toMatchObject({ code: 'model_not_found', retryable: false });
    expect(model.wait).toMatchObject({ status: 'error', firstStatus: 'processing' });
    expect(nextIn()).toBe(35);
    await host.wait(34.999);
    model.expire(host.now());
    expect(model.rememberedFailure()).toBe(failure);
    await host.wait(0.001);
    expect(model.rememberedFailure()).toBeNull();
    model.request();
    expect(model.wait.firstStatus).toBeNull();
  });

  test('that ends all calls is not reused for later calls.', () => {
    exchange({ status: 'error', message: 'Insufficient credits' }, 402);
    expect(model.rememberedFailure()).toBeNull();
    expect(nextIn()).toBe(35);
  });

  test('by a full queue leaves the next request to the account.', () => {
    const failure = exchange({ status: 'error', message: 'Rate limit exceeded' }, 429);
    expect(failure).toMatchObject({ code: 'rate_limited', retryable: true });
    expect(model.nextAt).toBe(-Infinity);
  });

  test('that is retryable keeps the last message until a new caller joins.', () => {
    exchange({ status: 'error', message: 'Oops' }, 500);
    expect(nextIn()).toBe(35);
    expect(model.wait.message).toBe('Oops');
    expect(model.rememberedFailure()).toBeNull();
    model.request();
    expect(model.wait.message).toBe('Oops');
    model.expire(host.now());
    expect(model.wait.message).toBeNull();
  });

  test('without a reply of the API leaves the message and the status unchanged.', () => {
    exchange(PROCESSING);
    exchange(PAGE);
    expect(model.wait).toMatchObject({
      status: 'processing',
      message: 'Model is reloading',
      lastStatus: 'processing',
    });
  });
});
