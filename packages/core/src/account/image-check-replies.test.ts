import { beforeEach, describe, expect, test } from 'vitest';
import { KEY } from '../../test/scripted-api.ts';
import { createTargetContext } from '../../test/target-context.ts';
import { ImageCheck } from './image-check.ts';

const URL = 'https://cdn.example/1.png';
const IMAGE = { status: 'success', message: 'Here it is', output: [URL] };
const ORDERED = { status: 'processing', id: 7 };
const DRAWING = { status: 'processing', message: 'Drawing' };
const UNAVAILABLE = { status: 'error', message: 'The model is not loaded' };
const PAGE = '<html>Bad gateway</html>';

let host: ReturnType<typeof createTargetContext>;
let check: ImageCheck;
beforeEach(() => {
  host = createTargetContext();
  check = new ImageCheck(host.context, host.time, { modelId: 'm', prompt: 'a stone' });
});

/** What the next request is about: an order, or the id that is fetched. */
const nextRequest = () => {
  const { url } = check.request();
  return url.endsWith('/text2img') ? 'order' : url.slice(url.lastIndexOf('/fetch/') + 7);
};
/** Sends a request and receives a reply to it at once. */
function exchange(body: object | string, status = 200) {
  check.request();
  return check.receive(host.parse(body, status), host.now());
}
/** The seconds until the next request. */
const nextIn = () => (check.nextAt - host.now()) / 1000;

test('An image check never waits in line.', () => {
  expect(check.isBeginning()).toBe(false);
});

test('An order asks for the smallest image of the model, with the prompt.', () => {
  const { url, body } = check.request();
  expect(url).toBe('https://modelslab.com/api/v6/images/text2img');
  expect(JSON.parse(body)).toEqual({
    key: KEY,
    model_id: 'm',
    prompt: 'a stone',
    width: 512,
    height: 512,
    samples: 1,
    num_inference_steps: 10,
  });
});

describe('An image', () => {
  test.each([
    ['is there at once', [IMAGE]],
    ['is fetched', [ORDERED, DRAWING, IMAGE]],
    ['is a text rather than a list', [{ ...IMAGE, output: URL }]],
    ['has its status in capitals', [{ ...IMAGE, status: 'SUCCESS' }]],
  ])('that %s ends the wait.', (_, bodies) => {
    for (const body of bodies) expect(exchange(body)).toBeNull();
    expect(check.image).toEqual({
      url: URL,
      at: host.now(),
      repliedAt: '2026-11-21T20:15:00.000Z',
    });
    expect(nextIn()).toBe(35);
  });

  test('is kept when a caller joins; the next request orders a new one and forgets it.', () => {
    exchange(IMAGE);
    check.expire();
    expect(check.image).not.toBeNull();
    expect(nextRequest()).toBe('order');
    expect([check.image, check.last]).toEqual([null, null]);
  });

  test('may be ordered three times again after each image.', () => {
    for (let i = 0; i < 4; i++) exchange(IMAGE);
    expect(exchange(DRAWING)).toBeNull();
  });

  test.each([
    ['a reply that is processing', { ...ORDERED, output: [URL] }],
    ['a reply without a status', { id: 7, output: [URL], message: 'Request is processing' }],
  ])('is not read from %s.', (_, body) => {
    exchange(body);
    expect(check.image).toBeNull();
  });

  test.each([[[]], [[7]], [7], [[`${URL}?key=${KEY}`]], [['no URL']]])(
    'is missing from a success with the output %j, which ends the wait.',
    (output) => {
      expect(exchange({ ...IMAGE, output })).toMatchObject({
        code: 'unexpected_response',
        message: 'The API accepted the image request, but its reply had no image',
        httpStatus: 200,
        retryable: false,
      });
      expect(nextIn()).toBe(35);
    },
  );
});

describe('An order', () => {
  test.each([
    ['names no time', {}, 5],
    ['names a time', { eta: 12.5 }, 12.5],
    ['names a long time', { eta: 100 }, 100],
  ])('that %s is fetched after %j: %s s', (_, more, seconds) => {
    exchange({ ...ORDERED, ...more });
    expect(nextIn()).toBe(seconds);
    expect(nextRequest()).toBe('7');
  });

  test.each([
    [{}, 35],
    [{ eta: 3 }, 35],
    [{ eta: 100 }, 100],
  ])('that is not done is fetched again: %j after %i s', (more, seconds) => {
    exchange(ORDERED);
    exchange({ ...DRAWING, ...more });
    expect(nextIn()).toBe(seconds);
    expect(nextRequest()).toBe('7');
  });

  test('that is not done after 3 minutes is lost, and repeated at once.', async () => {
    exchange(ORDERED);
    await host.wait(179.999);
    exchange(DRAWING);
    expect(nextRequest()).toBe('7');
    await host.wait(0.001);
    exchange(DRAWING);
    expect(nextIn()).toBe(0);
    expect(nextRequest()).toBe('order');
  });

  test('that is the third one is never lost.', async () => {
    for (let i = 0; i < 2; i++) {
      exchange(ORDERED);
      await host.wait(180);
      exchange(DRAWING);
    }
    exchange(ORDERED);
    await host.wait(1000);
    exchange(DRAWING);
    expect(nextIn()).toBe(35);
    expect(nextRequest()).toBe('7');
  });

  test.each([[{ id: '.' }], [{ id: '..' }], [{ id: `x-${KEY}` }], [{ id: null }], [{}]])(
    'without an id that can be in a URL is repeated after a load: %j',
    (more) => {
      exchange({ ...DRAWING, ...more });
      expect(nextIn()).toBe(128);
      expect(nextRequest()).toBe('order');
    },
  );

  test('without an id is repeated twice, and then has failed.', () => {
    expect(exchange(DRAWING)).toBeNull();
    expect(exchange(DRAWING)).toBeNull();
    expect(exchange(DRAWING)).toMatchObject({
      message: 'The API accepted the image request, but its reply had no id to fetch it by',
    });
  });

  test('is kept when a caller joins, and what it was told with it.', () => {
    exchange(ORDERED);
    exchange(DRAWING);
    check.expire();
    expect(check.last).toMatchObject({ message: 'Drawing' });
    expect(nextRequest()).toBe('7');
  });

  test('that was not accepted is forgotten when a caller joins.', () => {
    for (let i = 0; i < 2; i++) exchange(DRAWING);
    check.expire();
    expect(check.last).toBeNull();
    for (let i = 0; i < 2; i++) expect(exchange(DRAWING)).toBeNull();
  });
});

describe('A model that is unavailable', () => {
  test.each([
    [UNAVAILABLE, 200],
    [{ status: 'error', message: 'Model not found' }, 200],
    [{ status: 'error', message: 'No such thing' }, 404],
    [{ status: 'error', message: 'This MODEL is loading' }, 200],
    [{ status: 'error', message: 'The model is reloading now' }, 200],
    [{ status: 'error', message: 'The model was unloaded' }, 500],
    [{ status: 'error', message: 'model not ready' }, 422],
    [{ status: 'error', message: 'model not available' }, 503],
  ])('is waited for by the schedule of a load, and costs no order: %j, %i', (body, status) => {
    for (const seconds of [128, 35, 35, 40]) {
      expect(exchange(body, status)).toMatchObject({ retryable: true });
      expect(nextIn()).toBe(seconds);
    }
    expect(nextRequest()).toBe('order');
  });

  test('is not read from a text that says so of anything else.', () => {
    const failure = exchange({
      status: 'error',
      message: 'Insufficient credits, model not loaded',
    });
    expect(failure).toMatchObject({ code: 'payment_required', retryable: false });
  });

  test('drops an order that it had accepted.', () => {
    exchange(ORDERED);
    exchange(UNAVAILABLE);
    expect(nextRequest()).toBe('order');
  });
});

describe('A failure', () => {
  test('that is final answers callers for the interval, and the next request is a new order.', async () => {
    exchange(ORDERED);
    const failure = exchange({ ...IMAGE, output: [] });
    expect(check.rememberedFailure()).toBe(failure);
    await host.wait(34.999);
    expect(check.rememberedFailure()).toBe(failure);
    await host.wait(0.001);
    expect(check.rememberedFailure()).toBeNull();
    expect(nextRequest()).toBe('order');
    expect(check.last).toBeNull();
  });

  test('that ends all calls is not remembered for later ones.', () => {
    exchange({ status: 'error', message: 'Insufficient credits' }, 402);
    expect(check.rememberedFailure()).toBeNull();
    expect(nextIn()).toBe(35);
  });

  test('that may have been accepted costs an order: the third one is final.', () => {
    expect(exchange(PAGE)).toMatchObject({ retryable: true });
    expect(exchange(PAGE)).toMatchObject({ retryable: true });
    expect(exchange(PAGE)).toMatchObject({ code: 'unexpected_response', retryable: false });
  });

  test('of a fetch is retried although no order is left.', () => {
    exchange(PAGE);
    exchange(PAGE);
    exchange(ORDERED);
    for (let i = 0; i < 5; i++) expect(exchange(PAGE)).toMatchObject({ retryable: true });
    expect(nextRequest()).toBe('7');
  });

  test('of an image that the API gave up on orders another one.', () => {
    exchange(ORDERED);
    expect(exchange({ status: 'failed', message: 'Failed, Try Again' })).toMatchObject({
      retryable: true,
    });
    expect(nextRequest()).toBe('order');
  });

  test('by a full queue costs no order, and leaves the next request to the account.', () => {
    for (let i = 0; i < 5; i++) {
      const failure = exchange({ status: 'error', message: 'Rate limit exceeded' }, 429);
      expect(failure).toMatchObject({ code: 'rate_limited', retryable: true });
    }
    expect(check.nextAt).toBe(-Infinity);
  });

  test('leaves what the API returned last, unless it is a reply of the API.', () => {
    exchange(ORDERED);
    exchange(DRAWING);
    exchange(PAGE);
    expect(check.last).toEqual({
      message: 'Drawing',
      status: 'processing',
      repliedAt: '2026-11-21T20:15:00.000Z',
    });
    exchange({ message: 'Server busy' }, 500);
    expect(check.last).toMatchObject({ message: 'Server busy', status: 'processing' });
    check = new ImageCheck(host.context, host.time, { modelId: 'm', prompt: 'a stone' });
    exchange({ message: 'Server busy' }, 500);
    expect(check.last).toMatchObject({ message: 'Server busy', status: null });
  });
});
