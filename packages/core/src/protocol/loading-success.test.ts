import { describe, expect, test } from 'vitest';
import { parseReply } from './parse-reply.ts';

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
