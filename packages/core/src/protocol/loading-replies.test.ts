import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../outcome.ts';
import { isAccepted, parseReply, type ParsedReply } from './parse-reply.ts';

const parse = (body: unknown, status = 200) =>
  parseReply(
    { status, headers: {}, text: typeof body === 'string' ? body : JSON.stringify(body) },
    (text) => text,
    0,
  );
const statusOf = (fields: object, status = 200) =>
  parse({ status: 'success', ...fields }, status).status;

describe('A success means that loading continues if its text says so', () => {
  test.each([
    'Model is loading',
    'The models are reloading',
    'It is still now loading',
    'It is currently deploying',
    'It is being processing',
    'Your model is starting',
    'It is being loaded',
    'being reloaded',
    'Model load started',
    'Request queued',
    'in the queue',
    'in queue',
    'Load in progress.',
    'This will take 2 minutes',
    'deploying_gpu',
    'deploying',
  ])('"%s"', (message) => {
    expect(statusOf({ message })).toBe('processing');
  });

  test.each([
    'Model reloaded',
    'is-loading-fast is here',
    'my-model-started is ready',
    'not_queued',
    'deploying-x',
    'isloading',
    'Loading was done',
  ])('and not otherwise: "%s"', (message) => {
    expect(statusOf({ message })).toBe('success');
  });

  test.each([
    ['message', true],
    ['messege', true],
    ['tips', true],
    ['data', true],
    ['log', true],
    ['logs', true],
    ['training_status', true],
    ['my_data', false],
    ['dataset', false],
    ['logbook', false],
    ['training_status_code', false],
    ['output', false],
  ])('in the field %s: %s', (name, isLoading) => {
    expect(statusOf({ [name]: 'load started' })).toBe(isLoading ? 'processing' : 'success');
  });

  test('and the texts of two fields are not joined to one.', () => {
    expect(statusOf({ message: 'is', data: 'loading' })).toBe('processing');
    expect(statusOf({ message: 'load', data: ['started'] })).toBe('success');
  });
});

test.each([
  [150, 'error'],
  [200, 'success'],
  [299, 'success'],
  [300, 'error'],
])('The word success under HTTP %i is %s', (status, expected) => {
  expect(statusOf({}, status)).toBe(expected);
});

test.each([
  ['Request failed, try again', true],
  ['Invalid API Request, try again', false],
  ['Request failed, do not try again', false],
])('"%s" under HTTP 418 is retryable: %s', (message, retryable) => {
  const { failure } = parse({ status: 'error', message }, 418);
  expect(failure?.retryable).toBe(retryable);
});

test.each([
  [300, '<html>', 'The server returned HTTP 300, a redirect, which is not followed'],
  [399, '<html>', 'The server returned HTTP 399, a redirect, which is not followed'],
  [400, '<html>', 'HTTP 400 with an HTML page instead of JSON'],
  [200, ' [1]', 'HTTP 200 with no JSON object'],
  [200, '{"a":[1]}', 'HTTP 200 with no status in its JSON'],
])('The reply %i %s is described: %s', (status, text, message) => {
  expect(parse(text, status).failure?.message).toBe(message);
});

describe('An error counts as a load in progress', () => {
  test.each<[number, object]>([
    [200, { status: 'error', message: 'Model is currently loading, please wait' }],
    [200, { status: 'error', message: 'Model is still loading, try again in 2 minutes' }],
    [200, { status: 'failed', message: 'Models are now reloading' }],
    [200, { status: 'error', messege: 'It is still currently deploying' }],
    [200, { status: 'error', message: 'busy', tips: 'your model is being loaded' }],
    [200, { status: 'error', message: 'busy', data: 'being reloaded' }],
    [200, { messege: 'Model is reloading' }],
    [400, { status: 'error', message: 'Model is loading' }],
    [404, { message: 'Model is loading' }],
    [409, { status: 'error', message: 'Model is loading' }],
    [500, { status: 'error', message: 'Model is loading' }],
    [503, { error: 'Model m is currently loading', estimated_time: 120 }],
    [503, { status: 'processing', message: 'Server busy' }],
    [500, { status: 'processing' }],
    [404, { status: 'Processing' }],
  ])('%i %j, and the API has accepted nothing', (status, body) => {
    const reply = parse(body, status);
    expect(reply).toMatchObject({ status: 'processing', failure: null, httpStatus: status });
    expect(reply.apiStatus).toBe((body as { status?: string }).status ?? null);
    expect(isAccepted(reply)).toBe(false);
  });

  test.each<[number, object, ErrorCode]>([
    // Another rule matched before.
    [200, { status: 'error', message: 'No credits, model is loading' }, 'payment_required'],
    [500, { status: 'processing', message: 'Rate limit exceeded' }, 'rate_limited'],
    [503, { status: 'error', message: 'Invalid API key; is loading' }, 'unauthorized'],
    [404, { status: 'error', message: 'Model not found, is loading' }, 'model_not_found'],
    [200, { message: { model_id: ['is loading'] } }, 'invalid_request'],
    // The HTTP status decides.
    [401, { status: 'processing', message: 'Model is loading' }, 'unauthorized'],
    [402, { status: 'error', message: 'Model is loading' }, 'payment_required'],
    [403, { status: 'processing' }, 'forbidden'],
    [429, { status: 'error', message: 'Model is loading' }, 'rate_limited'],
    // These words count only in a success.
    [500, { status: 'error', message: 'Model load started' }, 'server_error'],
    [200, { status: 'error', message: 'Request queued' }, 'api_error'],
    [200, { status: 'error', message: 'Reload in progress' }, 'api_error'],
    [200, { status: 'error', message: 'It will take 2 minutes' }, 'api_error'],
    [200, { status: 'error', message: 'Model is starting' }, 'api_error'],
    [200, { status: 'error', message: 'Your request is processing' }, 'api_error'],
    // Nothing continues.
    [500, { status: 'error', message: 'Model is not loading' }, 'server_error'],
    [200, { status: 'error', message: 'Loading failed' }, 'api_error'],
    [200, { status: 'error', message: 'my-model-is loading-fast failed' }, 'api_error'],
    // Another server.
    [503, { message: 'Model is loading', statusCode: 503 }, 'server_error'],
    [418, { message: 'Model is loading' }, 'unexpected_response'],
  ])('but not %i %j', (status, body, code) => {
    expect(parse(body, status)).toMatchObject({ status: 'error', failure: { code } });
  });
});

test.each<[number, object, boolean]>([
  [200, { status: 'success', message: 'Model reloaded' }, true],
  [200, { status: ' Success ', message: 'Model load started' }, true],
  [202, { status: 'processing' }, true],
  [200, { status: 'error' }, false],
  [500, { status: 'success' }, false],
])('The API has accepted the request of %i %j: %s', (status, body, accepted) => {
  expect(isAccepted(parse(body, status))).toBe(accepted);
});

describe('No rule reads more than the first 1,000 characters of a message', () => {
  test.each<[string, number, object, ParsedReply['status'], ErrorCode | null]>([
    ['model not found', 200, { status: 'error' }, 'error', 'model_not_found'],
    ['is loading', 500, { status: 'error' }, 'processing', null],
    ['load started', 200, { status: 'success' }, 'processing', null],
    ['the route x could not be found', 400, {}, 'error', 'unexpected_response'],
  ])('"%s" under HTTP %i', (phrase, httpStatus, fields, status, code) => {
    const before = (length: number) => `${'x'.repeat(length - phrase.length - 1)} ${phrase}`;
    const within = parse({ ...fields, message: before(1000) }, httpStatus);
    expect(within).toMatchObject({ status });
    expect(within.failure?.code ?? null).toBe(code);
    const beyond = parse({ ...fields, message: before(1001) }, httpStatus);
    expect([beyond.status, beyond.failure?.code ?? null]).not.toEqual([status, code]);
    // Tips are read after a message of any length.
    const tips = parse({ status: 'error', message: before(5000), tips: 'spam filter' });
    expect(tips.failure?.code).toBe('rate_limited');
  });
});
