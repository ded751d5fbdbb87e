import { beforeEach, describe, expect, test } from 'vitest';
import { KEY } from '../../test/scripted-api.ts';
import { createTargetContext } from '../../test/target-context.ts';
import { createImage, createOwn, type ImageTarget } from '../state/state.ts';
import { isAccepted } from './target.ts';

const URL = 'https://cdn.example/1.png';
const IMAGE = { status: 'success', message: 'Here it is', output: [URL] };
const ACCEPTED = { status: 'processing', id: 7 };
const GENERATING = { status: 'processing', message: 'Drawing' };
const UNAVAILABLE = { status: 'error', message: 'The model is not loaded' };
const PAGE = '<html>Bad gateway</html>';

let check: ImageTarget;
let host: ReturnType<typeof createTargetContext>;
const restart = () => {
  check = { ...createImage('m', 'a stone', ''), ...createOwn('image') };
  host = createTargetContext(check);
};
beforeEach(restart);

/** Returns the type of the next request: 'image', or the id that it fetches. */
const nextRequest = () => {
  const request = host.request();
  return 'id' in request ? request.id : 'image';
};
/** Sends a request and receives a reply to it immediately. */
function exchange(body: object | string, status = 200) {
  host.request();
  return host.receive(body, status);
}
/** Returns the seconds until the next request. */
const nextIn = () => (check.nextAt - host.now()) / 1000;

test('An image check never waits in line.', () => {
  expect(isAccepted(check)).toBe(true);
});

test('An image request is for the smallest image of the model, with the prompt.', () => {
  expect(host.request()).toEqual({
    call: 'text2img',
    fields: {
      model_id: 'm',
      prompt: 'a stone',
      width: 512,
      height: 512,
      samples: 1,
      num_inference_steps: 10,
    },
  });
});

describe('An image', () => {
  test.each([
    ['is in the first reply', [IMAGE]],
    ['is fetched', [ACCEPTED, GENERATING, IMAGE]],
    ['is a string rather than a list', [{ ...IMAGE, output: URL }]],
    ['has its status in upper case', [{ ...IMAGE, status: 'SUCCESS' }]],
  ])('that %s ends the wait.', (_, bodies) => {
    for (const body of bodies) expect(exchange(body)).toBeNull();
    expect(check.url).toBe(URL);
    expect(check.last?.repliedAt).toBe('2026-11-21T20:15:00.000Z');
    expect(nextIn()).toBe(35);
  });

  test('is kept when a caller joins, and discarded when the next one is requested.', () => {
    exchange(IMAGE);
    host.expire();
    expect(check.url).not.toBeNull();
    expect(nextRequest()).toBe('image');
    expect([check.url, check.last]).toEqual([null, null]);
  });

  test('resets the limit of three image requests.', () => {
    for (let i = 0; i < 4; i++) exchange(IMAGE);
    expect(exchange(GENERATING)).toBeNull();
  });

  test.each([
    ['a reply that is processing', { ...ACCEPTED, output: [URL] }],
    ['a reply without a status', { id: 7, output: [URL], message: 'Request is processing' }],
  ])('is not read from %s.', (_, body) => {
    exchange(body);
    expect(check.url).toBeNull();
  });

  test.each([[[]], [[7]], [7], [[`${URL}?key=${KEY}`]], [['no URL']]])(
    'is missing from a success with the output %j, so the wait fails.',
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

describe('An image request', () => {
  test.each([
    ['has no eta', {}, 5],
    ['has an eta', { eta: 12.5 }, 12.5],
    ['has a long eta', { eta: 100 }, 100],
  ])('whose reply %s, %j, is followed by a fetch after %s s.', (_, more, seconds) => {
    exchange({ ...ACCEPTED, ...more });
    expect(nextIn()).toBe(seconds);
    expect(nextRequest()).toBe('7');
  });

  test.each([
    [{}, 35],
    [{ eta: 3 }, 35],
    [{ eta: 100 }, 100],
  ])('that is not done is fetched again after a reply with %j: in %i s', (more, seconds) => {
    exchange(ACCEPTED);
    exchange({ ...GENERATING, ...more });
    expect(nextIn()).toBe(seconds);
    expect(nextRequest()).toBe('7');
  });

  test('that is not done after 3 minutes is considered lost and repeated immediately.', () => {
    exchange(ACCEPTED);
    host.wait(179.999);
    exchange(GENERATING);
    expect(nextRequest()).toBe('7');
    host.wait(0.001);
    exchange(GENERATING);
    expect(nextIn()).toBe(0);
    expect(nextRequest()).toBe('image');
  });

  test('that is the third one is never considered lost.', () => {
    for (let i = 0; i < 2; i++) {
      exchange(ACCEPTED);
      host.wait(180);
      exchange(GENERATING);
    }
    exchange(ACCEPTED);
    host.wait(1000);
    exchange(GENERATING);
    expect(nextIn()).toBe(35);
    expect(nextRequest()).toBe('7');
  });

  test.each([[{ id: '.' }], [{ id: '..' }], [{ id: `x-${KEY}` }], [{ id: null }], [{}]])(
    'without an id that can be in a URL is repeated after a load: %j',
    (more) => {
      exchange({ ...GENERATING, ...more });
      expect(nextIn()).toBe(128);
      expect(nextRequest()).toBe('image');
    },
  );

  test('without an id is repeated twice, then fails.', () => {
    expect(exchange(GENERATING)).toBeNull();
    expect(exchange(GENERATING)).toBeNull();
    expect(exchange(GENERATING)).toMatchObject({
      message: 'The API accepted the image request, but its reply had no id to fetch it by',
    });
  });

  test('that was accepted is kept with its last reply when a caller joins.', () => {
    exchange(ACCEPTED);
    exchange(GENERATING);
    host.expire();
    expect(check.last).toMatchObject({ message: 'Drawing' });
    expect(nextRequest()).toBe('7');
  });

  test('that was not accepted is discarded when a caller joins.', () => {
    for (let i = 0; i < 2; i++) exchange(GENERATING);
    host.expire();
    expect(check.last).toBeNull();
    for (let i = 0; i < 2; i++) expect(exchange(GENERATING)).toBeNull();
  });
});

describe('A model that is unavailable', () => {
  test.each([
    [UNAVAILABLE, 200],
    [{ status: 'error', message: 'Model not found' }, 200],
    [{ status: 'error', message: 'No such thing' }, 404],
    [{ status: 'error', message: 'The model was unloaded' }, 500],
    [{ status: 'error', message: 'model not ready' }, 422],
    [{ status: 'error', message: 'model not available' }, 503],
  ])(
    'is retried on the schedule of a load and does not use up an image request: %j, %i',
    (body, status) => {
      for (const seconds of [128, 35, 35, 45]) {
        expect(exchange(body, status)).toMatchObject({ retryable: true });
        expect(nextIn()).toBe(seconds);
      }
      expect(nextRequest()).toBe('image');
    },
  );

  test.each([
    [{ status: 'error', message: 'This MODEL is loading' }, 200],
    [{ status: 'error', message: 'The model is reloading now' }, 200],
    [{ status: 'processing', message: 'Model is loading' }, 503],
  ])('is retried in the same way if it is loading: %j, %i', (body, status) => {
    for (const seconds of [128, 35, 35, 45]) {
      expect(exchange(body, status)).toBeNull();
      expect(nextIn()).toBe(seconds);
    }
    expect(nextRequest()).toBe('image');
  });

  test('is not detected if the code of the failure is unambiguous.', () => {
    const failure = exchange({
      status: 'error',
      message: 'Insufficient credits, model not loaded',
    });
    expect(failure).toMatchObject({ code: 'payment_required', retryable: false });
  });

  test('discards an image request that was accepted before.', () => {
    exchange(ACCEPTED);
    exchange(UNAVAILABLE);
    expect(nextRequest()).toBe('image');
  });
});

describe('A failure', () => {
  test('that is final is kept for the interval, and the next request is a new image request.', () => {
    exchange(ACCEPTED);
    const failure = exchange({ ...IMAGE, output: [] });
    expect(host.rememberedFailure()).toBe(failure);
    host.wait(34.999);
    expect(host.rememberedFailure()).toBe(failure);
    host.wait(0.001);
    expect(host.rememberedFailure()).toBeNull();
    expect(nextRequest()).toBe('image');
    expect(check.last).toBeNull();
  });

  test('that ends all calls is not reused for later calls.', () => {
    exchange({ status: 'error', message: 'Insufficient credits' }, 402);
    expect(host.rememberedFailure()).toBeNull();
    expect(nextIn()).toBe(35);
  });

  test('of a request that may have been accepted uses up an image request, so the third one is final.', () => {
    expect(exchange(PAGE)).toMatchObject({ retryable: true });
    expect(exchange(PAGE)).toMatchObject({ retryable: true });
    expect(exchange(PAGE)).toMatchObject({ code: 'unexpected_response', retryable: false });
  });

  test('of a fetch is retried even if no image request is left.', () => {
    exchange(PAGE);
    exchange(PAGE);
    exchange(ACCEPTED);
    for (let i = 0; i < 5; i++) expect(exchange(PAGE)).toMatchObject({ retryable: true });
    expect(nextRequest()).toBe('7');
  });

  test('of the image itself causes a new image request.', () => {
    exchange(ACCEPTED);
    expect(exchange({ status: 'failed', message: 'Failed, Try Again' })).toMatchObject({
      retryable: true,
    });
    expect(nextRequest()).toBe('image');
  });

  test('by a full queue does not use up an image request and leaves the next request to the account.', () => {
    for (let i = 0; i < 5; i++) {
      const failure = exchange({ status: 'error', message: 'Rate limit exceeded' }, 429);
      expect(failure).toMatchObject({ code: 'rate_limited', retryable: true });
    }
    expect(check.nextAt).toBe(0);
  });

  test('replaces the last reply only if it is a reply of the API.', () => {
    exchange(ACCEPTED);
    exchange(GENERATING);
    exchange(PAGE);
    expect(check.last).toEqual({
      message: 'Drawing',
      status: 'processing',
      repliedAt: '2026-11-21T20:15:00.000Z',
    });
    exchange({ message: 'Server busy' }, 500);
    expect(check.last).toMatchObject({ message: 'Server busy', status: 'processing' });
    restart();
    exchange({ message: 'Server busy' }, 500);
    expect(check.last).toMatchObject({ message: 'Server busy', status: null });
  });

  test('of a fetch does not restore an image request, because the image may be billed.', () => {
    exchange(ACCEPTED);
    exchange({ status: 'error', message: 'Rate limit exceeded' }, 429);
    exchange(UNAVAILABLE);
    expect(exchange(PAGE)).toMatchObject({ retryable: true });
    expect(exchange(PAGE)).toMatchObject({ retryable: false });
  });
});
