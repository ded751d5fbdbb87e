import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../outcome.ts';
import { parseReply } from './parse-reply.ts';

const NOW = Date.parse('2026-11-21T20:15:00Z');
const QUEUE_FULL = 'Rate limit exceeded. Maximum 5 queued requests allowed.';
const SPAM_TIPS =
  'you are sending same request multiple times, spam filter is enabled, please wait for 30 seconds and try again';
const WARNING =
  '<br />\n<b>Warning</b>:  Undefined array key "eta" in <b>/var/www/Model.php</b> on line <b>12</b><br />\n';
const PAGE = '<!DOCTYPE html><html><body>Bad gateway</body></html>';

function read(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return parseReply({ status, headers, text }, (raw) => raw, NOW);
}

describe('a reply that is not a failure', () => {
  test.each<[number, unknown, 'success' | 'processing', string | null]>([
    [200, { status: 'success', message: 'Model reloaded' }, 'success', 'Model reloaded'],
    [200, { status: 'processing', message: 'Try later' }, 'processing', 'Try later'],
    [201, { status: 'success' }, 'success', null],
    [200, { status: 'success', messege: 'Model reloaded' }, 'success', 'Model reloaded'],
    [200, { status: 'success', message: '', messege: 'second' }, 'success', 'second'],
    [200, { status: ' SUCCESS ', message: 'x' }, 'success', 'x'],
    [
      200,
      { status: 'Processing', eta: 12.5, id: 3, output: [], fetch_result: 'u' },
      'processing',
      null,
    ],
    // The rules for errors skip these two words under 2xx.
    [
      200,
      { status: 'success', message: 'Model not found before, found now' },
      'success',
      'Model not found before, found now',
    ],
    [
      200,
      { status: 'processing', message: 'rate limit is near' },
      'processing',
      'rate limit is near',
    ],
    // 'success' whose text says that loading goes on.
    [200, { status: 'success', messege: 'Model is reloading' }, 'processing', 'Model is reloading'],
    [200, { status: 'success', message: 'model is loading' }, 'processing', 'model is loading'],
    [
      200,
      { status: 'success', message: 'Model is still loading' },
      'processing',
      'Model is still loading',
    ],
    [200, { status: 'success', message: 'model load started' }, 'processing', 'model load started'],
    [200, { status: 'success', message: 'Request queued' }, 'processing', 'Request queued'],
    [200, { status: 'success', message: 'Reload in progress' }, 'processing', 'Reload in progress'],
    [
      200,
      { status: 'success', message: 'ok', tip: 'it will take upto 30 minutes' },
      'processing',
      'ok',
    ],
    // The vendor's training call returns this.
    [
      200,
      { status: 'success', messege: 'deploying_gpu', data: 'it will take upto 30 minutes.' },
      'processing',
      'deploying_gpu',
    ],
    [200, { status: 'success', message: 'ok', data: 'queued' }, 'processing', 'ok'],
    [200, { status: 'success', training_status: 'deploying_gpu' }, 'processing', null],
    [200, { status: 'success', logs: 'it will take upto 25 minutes' }, 'processing', null],
    [
      200,
      { status: 'success', message: 'Your request is processing' },
      'processing',
      'Your request is processing',
    ],
    [200, { status: 'success', message: 'Already in queue' }, 'processing', 'Already in queue'],
    // Words within an id or a list do not mean that the model is loading.
    [
      200,
      { status: 'success', message: 'Model queued-cat reloaded' },
      'success',
      'Model queued-cat reloaded',
    ],
    [200, { status: 'success', message: 'ok', data: ['is-loading', 'queued'] }, 'success', 'ok'],
    // A warning of PHP before or after the JSON.
    [200, `${WARNING}{"status":"success","message":"ok"}`, 'success', 'ok'],
    [200, `{"status":"success","message":"ok"}${WARNING}`, 'success', 'ok'],
    [200, `${WARNING}{ "status":"success","message":"ok"}\n${WARNING}`, 'success', 'ok'],
    [
      200,
      `\nNotice: Undefined index: {x} in /a.php on line 3\n{"status":"success"}`,
      'success',
      null,
    ],
    [200, `PHP Warning:  x in /a.php on line 3\n{"status":"success"}`, 'success', null],
    // A byte order mark, blanks around.
    [200, '\uFEFF {"status":"success"} ', 'success', null],
  ])('%i %j -> %s', (status, body, expected, message) => {
    const reading = read(status, body);
    expect(reading).toMatchObject({ status: expected, failure: null, httpStatus: status });
    expect(reading.apiMessage).toBe(message);
  });
});

type Row = [status: number, body: unknown, code: ErrorCode, kind: 'final' | 'retryable'];

const error = (message: unknown, more: object = {}) => ({ status: 'error', message, ...more });

describe('a reply that is a failure', () => {
  test.each<Row>([
    // The key.
    [401, error('Invalid API key'), 'unauthorized', 'final'],
    [200, error('Invalid API key'), 'unauthorized', 'final'],
    [200, error('Invalid Api Key'), 'unauthorized', 'final'],
    [400, error('invalid api key'), 'unauthorized', 'final'],
    [500, error('Invalid API key'), 'unauthorized', 'final'],
    [200, { message: 'The API key is invalid' }, 'unauthorized', 'final'],
    [200, error('Invalid key'), 'unauthorized', 'final'],
    [200, error('Invalid apikey'), 'unauthorized', 'final'],
    [200, error('Key expired'), 'unauthorized', 'final'],
    [200, error('Invalid API key', { tips: 'copy it again' }), 'unauthorized', 'final'],
    [401, { error: 'Invalid API key' }, 'unauthorized', 'final'],
    [200, { status: 'error', error: { message: 'Invalid API key' } }, 'unauthorized', 'final'],
    [200, { error: { message: 'Invalid API key', code: 3 } }, 'unauthorized', 'final'],
    [400, error('API key required'), 'unauthorized', 'final'],
    [429, error('Invalid API key'), 'unauthorized', 'final'],
    // 401 with an API body that no other phrase explains.
    [401, error('Invalid API Request'), 'unauthorized', 'final'],
    [401, { status: 'success' }, 'unauthorized', 'final'],
    [401, PAGE, 'unexpected_response', 'final'],
    // Credits.
    [402, error('Insufficient credits. Please recharge.'), 'payment_required', 'final'],
    [402, error('pay'), 'payment_required', 'final'],
    [200, error('Insufficient credits'), 'payment_required', 'final'],
    [200, error('Insufficient credit'), 'payment_required', 'final'],
    [429, error('Insufficient credits', { retry_after: 1 }), 'payment_required', 'final'],
    [429, error('You are out of credits, please recharge.'), 'payment_required', 'final'],
    [401, error('Insufficient credits'), 'payment_required', 'final'],
    [200, error('You do not have enough credits'), 'payment_required', 'final'],
    [200, error('Your credits are exhausted'), 'payment_required', 'final'],
    [200, error('Insufficient wallet balance'), 'payment_required', 'final'],
    [200, error('Please buy more credits'), 'payment_required', 'final'],
    [
      200,
      error('Your monthly limit exceeded, upgrade subscription now on https://x/pricing'),
      'payment_required',
      'final',
    ],
    [429, error('You have reached your monthly quota'), 'payment_required', 'final'],
    [429, error('Monthly request limit exceeded'), 'payment_required', 'final'],
    [429, error('You exceeded your current quota'), 'payment_required', 'final'],
    [403, error('Plan limit reached'), 'payment_required', 'final'],
    [200, error('Your subscription has expired'), 'payment_required', 'final'],
    [200, error('Your subscription is not active'), 'payment_required', 'final'],
    [402, { error: 'Insufficient credits. Please add more.' }, 'payment_required', 'final'],
    [500, error('Insufficient credits'), 'payment_required', 'final'],
    [402, { message: 'Payment Required' }, 'unexpected_response', 'final'],
    [402, PAGE, 'unexpected_response', 'final'],
    // The plan.
    [403, error('Your plan lacks this feature'), 'forbidden', 'final'],
    [403, { message: 'Your plan lacks this feature' }, 'forbidden', 'final'],
    [403, { message: 'Forbidden' }, 'unexpected_response', 'final'],
    [403, { message: 'Missing Authentication Token' }, 'unexpected_response', 'final'],
    [403, PAGE, 'unexpected_response', 'final'],
    // The model.
    [404, error('Model not found: my-model'), 'model_not_found', 'final'],
    [400, error('Model not found: my-model'), 'model_not_found', 'final'],
    [200, error('Model id not found'), 'model_not_found', 'final'],
    [200, { status: 'error', messege: 'Model id not found' }, 'model_not_found', 'final'],
    [404, error('nothing here'), 'model_not_found', 'final'],
    [404, { error: 'Model not found: my-model' }, 'model_not_found', 'final'],
    [200, { status: 'error', error: 'Model not found: my-model' }, 'model_not_found', 'final'],
    [400, error('Model does not exist'), 'model_not_found', 'final'],
    [401, error('Model not found'), 'model_not_found', 'final'],
    // A route that a web framework or a gateway does not know.
    [404, { message: 'The route api/v6/x could not be found.' }, 'unexpected_response', 'final'],
    [404, { message: 'Not Found' }, 'unexpected_response', 'final'],
    [404, { message: '404 Not Found', status_code: 404 }, 'unexpected_response', 'final'],
    [404, { message: 'no Route matched with those values' }, 'unexpected_response', 'final'],
    [
      404,
      { statusCode: 404, message: 'Cannot POST /x', error: 'Not Found' },
      'unexpected_response',
      'final',
    ],
    [
      404,
      { timestamp: 1, status: 404, error: 'Not Found', path: '/x' },
      'unexpected_response',
      'final',
    ],
    [404, { detail: 'Not Found' }, 'unexpected_response', 'final'],
    [404, { message: 'nothing here' }, 'unexpected_response', 'final'],
    [404, PAGE, 'unexpected_response', 'final'],
    // Validation.
    [400, error('bad'), 'invalid_request', 'final'],
    [200, error('Invalid API Request'), 'invalid_request', 'final'],
    [200, error({ model_id: ['The model id field is required.'] }), 'invalid_request', 'final'],
    [
      200,
      { status: 'error', messege: { key: ['The key field is required.'] } },
      'invalid_request',
      'final',
    ],
    [200, { message: { model_id: ['required'] } }, 'invalid_request', 'final'],
    [422, { message: { model_id: ['required'] } }, 'invalid_request', 'final'],
    [400, PAGE, 'unexpected_response', 'final'],
    // Rate.
    [429, error(QUEUE_FULL, { retry_after: 30 }), 'rate_limited', 'retryable'],
    [429, PAGE, 'rate_limited', 'retryable'],
    [429, '', 'rate_limited', 'retryable'],
    [401, error(QUEUE_FULL), 'rate_limited', 'retryable'],
    [429, error({ model_id: ['x'] }), 'rate_limited', 'retryable'],
    [429, { message: 'Too Many Attempts.' }, 'rate_limited', 'retryable'],
    [200, error('Rate limit exceeded', { tips: SPAM_TIPS }), 'rate_limited', 'retryable'],
    [200, error('slow down', { tip_1: 'spam filter is on' }), 'rate_limited', 'retryable'],
    [500, error('Rate limit exceeded'), 'rate_limited', 'retryable'],
    [402, error('rate limit'), 'rate_limited', 'retryable'],
    [302, error('rate limit'), 'rate_limited', 'retryable'],
    // The server.
    [500, error('Server error'), 'server_error', 'retryable'],
    [503, error('busy'), 'server_error', 'retryable'],
    [500, { status: 'success', message: 'x' }, 'server_error', 'retryable'],
    [502, PAGE, 'server_error', 'retryable'],
    [500, '', 'server_error', 'retryable'],
    [500, '["x"]', 'server_error', 'retryable'],
    [500, error({ model_id: ['required'] }), 'invalid_request', 'final'],
    // Any other word of the API.
    [200, error('Something went wrong'), 'api_error', 'final'],
    [
      200,
      { status: 'failed', id: '', message: 'Failed, Try Again', output: '' },
      'api_error',
      'retryable',
    ],
    [200, { status: 'failed', message: 'Failed' }, 'api_error', 'final'],
    [200, { status: 'error' }, 'api_error', 'final'],
    [200, { status: 'paused', message: 'x' }, 'api_error', 'final'],
    [200, error('Do not retry'), 'api_error', 'final'],
    [418, { status: 'success' }, 'api_error', 'final'],
    [409, { message: 'conflict' }, 'unexpected_response', 'final'],
    [409, error('conflict'), 'api_error', 'final'],
    [408, error('timeout'), 'api_error', 'retryable'],
    [425, error('too early'), 'api_error', 'retryable'],
    [199, { status: 'success' }, 'api_error', 'final'],
    // Something other than the API.
    [200, PAGE, 'unexpected_response', 'final'],
    [200, '', 'unexpected_response', 'final'],
    [200, '{}', 'unexpected_response', 'final'],
    [200, '[]', 'unexpected_response', 'final'],
    [200, 'null', 'unexpected_response', 'final'],
    [200, '"success"', 'unexpected_response', 'final'],
    [200, '{"status":"succ', 'unexpected_response', 'final'],
    [200, { message: 'no status' }, 'unexpected_response', 'final'],
    [200, { status: null, message: null }, 'unexpected_response', 'final'],
    [200, { status: '  ' }, 'unexpected_response', 'final'],
    [400, { error: 'not in our words' }, 'invalid_request', 'final'],
    [400, { error: true }, 'unexpected_response', 'final'],
    [200, { error: 'without a status' }, 'unexpected_response', 'final'],
    [408, '', 'unexpected_response', 'retryable'],
    [408, PAGE, 'unexpected_response', 'retryable'],
    [425, '', 'unexpected_response', 'retryable'],
    [400, { tips: 'rate limit' }, 'unexpected_response', 'final'],
    [300, { status: 'success' }, 'unexpected_response', 'final'],
    [301, PAGE, 'unexpected_response', 'final'],
    [307, '', 'unexpected_response', 'final'],
    [307, { status: 'success' }, 'unexpected_response', 'final'],
    [304, '', 'unexpected_response', 'final'],
    [600, PAGE, 'unexpected_response', 'final'],
  ])('%i %j -> %s, %s', (status, body, code, kind) => {
    const reading = read(status, body);
    expect(reading.status).toBe('error');
    expect(reading.failure).toMatchObject({
      code,
      retryable: kind === 'retryable',
      maybeSent: true,
      httpStatus: status,
    });
    expect(reading.failure?.message).not.toBe('');
    expect(reading.failure?.hint).not.toBe('');
  });
});

// Each text matches two adjacent rules; the first one decides.
test.each<[string, ErrorCode]>([
  ['Insufficient credits: rate limit exceeded', 'payment_required'],
  ['Rate limit exceeded: invalid API key', 'rate_limited'],
  ['Invalid API key: model not found', 'unauthorized'],
  ['Model not found: Invalid API Request', 'model_not_found'],
])('the order of the text rules: %s -> %s', (message, code) => {
  for (const status of [200, 400, 401, 403, 429, 500]) {
    expect(read(status, error(message)).failure?.code).toBe(code);
  }
});

// Model ids of the emulator and typical ones: an id in a message must not look like an error.
test.each(['rate-limited-once', 'spam-filtered', 'my-invalid-api-key'])(
  'an id echoed in a message does not affect the code: %s',
  (id) => expect(read(404, error(`Model not found: ${id}`)).failure?.code).toBe('model_not_found'),
);

test('an object of lists becomes one line', () => {
  const message = { model_id: ['The model id field is required.', 'Too short.'], key: ['Odd.'] };
  expect(read(200, error(message)).failure?.message).toBe(
    'model_id: The model id field is required.; Too short.; key: Odd.',
  );
});

test.each([
  [{ tip: 'one' }, 'one'],
  [{ tips: 'many' }, 'many'],
  [{ tip: 'one', tip_1: 'two' }, 'one two'],
  [{ tips: ['a', 'b'] }, 'a; b'],
  [{ tip_12: 'twelve' }, 'twelve'],
  // Other fields are not tips.
  [{ tip: 'one', quip: 'no', xtip: 'no', tip_x: 'no', tip_1x: 'no' }, 'one'],
])('tips become the hint: %j', (tips, hint) => {
  expect(read(200, error('x', tips)).failure?.hint).toBe(hint);
});

test('a rate limit that names the spam filter applies only to the same request', () => {
  expect(read(200, error('Rate limit exceeded', { tips: SPAM_TIPS })).failure?.scope).toBe(
    'request',
  );
  expect(read(429, error(QUEUE_FULL)).failure?.scope).toBe('account');
  expect(read(401, error('Invalid API key, spam filter')).failure?.scope).toBe('request');
  expect(read(402, error('no credits, spam filter')).failure?.scope).toBe('account');
});

test.each([
  ['', 'an empty body'],
  [' \r\n', 'an empty body'],
  ['{}', 'no status in its JSON'],
  [' {\n\n} \n', 'no status in its JSON'],
  ['{"tips":"x"}', 'no status in its JSON'],
  ['{"title":"x","detail":"y"}', 'a JSON message that is not from the API'],
  ['{} {}', 'no JSON object'],
  ['x {}', 'no JSON object'],
  ['{} x', 'no JSON object'],
  ['[]', 'no JSON object'],
  ['"success"', 'no JSON object'],
  ['null', 'no JSON object'],
  ['7', 'no JSON object'],
  [PAGE, 'an HTML page instead of JSON'],
  [' \n<HTML>', 'an HTML page instead of JSON'],
  ['see <html>', 'no JSON object'],
])("a body that is not the API's is described: %j is %s", (body, name) => {
  expect(read(200, body).failure?.message).toBe(`HTTP 200 with ${name}`);
});

test.each([
  [502, PAGE, 'The server returned HTTP 502'],
  [502, { status: 'down' }, "The server returned HTTP 502 with the status 'down'"],
  [302, '', 'The server returned HTTP 302, a redirect, which is not followed'],
  [200, { status: 'paused' }, "The server returned HTTP 200 with the status 'paused'"],
  [429, '', 'The server returned HTTP 429'],
])('a reply without a message of the API is described: %i %j', (status, body, message) => {
  expect(read(status, body).failure?.message).toBe(message);
});

test('every reply that is not from the API is final until the API has accepted', () => {
  for (const [status, body] of [
    [200, ''],
    [200, PAGE],
    [200, '{"status":"succ'],
    [403, PAGE],
    [302, ''],
    [404, { message: 'Not Found' }],
  ] as const) {
    expect(read(status, body).failure).toMatchObject({
      code: 'unexpected_response',
      retryable: false,
    });
  }
});

test.each([
  'application/problem+json',
  'application/problem+json; charset=utf-8',
  'Application/Problem+JSON',
])('a body of the type %s is not the API', (type) => {
  const body = {
    type: 'about:blank',
    title: 'Forbidden',
    status: 403,
    message: 'Insufficient credits',
  };
  const reply = read(403, body, { 'content-type': type });
  expect(reply).toMatchObject({
    isApiReply: false,
    apiStatus: null,
    apiMessage: null,
    failure: {
      code: 'unexpected_response',
      message: 'HTTP 403 with a JSON message that is not from the API',
    },
  });
  expect(read(200, { status: 'success' }, { 'content-type': type }).status).toBe('error');
});

test.each([
  [{ status: 'error', error: 'words' }, 'words'],
  [{ status: 'error', error: { message: 'words' } }, 'words'],
  [{ status: 'error', message: 'words', error: 'other' }, 'words'],
  [{ status: 'error', message: '', error: 'words' }, 'words'],
  [{ status: 'error', error: { key: ['words'] } }, 'key: words'],
])('the message is found in %j', (body, message) => {
  expect(read(200, body).apiMessage).toBe(message);
});

test('a page that mentions a warning is not JSON', () => {
  expect(read(200, `<html><b>Warning</b>: x {"status":"success"}</html>`).status).toBe('error');
});

describe('the wait that a reply requests', () => {
  test.each<[object, Record<string, string>, number | null]>([
    [{ retry_after: 30 }, {}, 30_000],
    [{ retry_after: 2.5 }, {}, 2500],
    [{ retry_after: '12' }, {}, 12_000],
    [{ retry_after: 0 }, {}, 0],
    [{ retry_after: 7 }, { 'retry-after': '9' }, 7000],
    [{}, { 'retry-after': '9' }, 9000],
    [{}, { 'retry-after': 'Sat, 21 Nov 2026 20:15:45 GMT' }, 45_000],
    [{}, { 'retry-after': 'Sat, 21 Nov 2026 20:14:00 GMT' }, 0],
    // The server's clock may be off by hours, as its Date header shows.
    [
      {},
      {
        date: 'Sat, 21 Nov 2026 21:15:00 GMT',
        'retry-after': 'Sat, 21 Nov 2026 21:15:05 GMT',
      },
      5000,
    ],
    [
      {},
      {
        date: 'Sat, 21 Nov 2026 19:15:00 GMT',
        'retry-after': 'Sat, 21 Nov 2026 19:15:05 GMT',
      },
      5000,
    ],
    [{}, { date: 'yesterday', 'retry-after': 'Sat, 21 Nov 2026 20:15:45 GMT' }, 45_000],
    [{ message: 'please wait for 2 minutes' }, {}, 120_000],
    [{ message: 'please wait 1.5 min' }, {}, 90_000],
    [{ message: 'please wait 5 months' }, {}, null],
    [{ tips: SPAM_TIPS }, {}, 30_000],
    [{ tips: SPAM_TIPS }, { 'retry-after': '9' }, 9000],
    [{ message: 'please wait 5 sec' }, {}, 5000],
    // Values that cannot be a time are ignored.
    [{ retry_after: -1 }, {}, null],
    [{ retry_after: 'soon' }, {}, null],
    [{ retry_after: 1e308 }, {}, null],
    [{ retry_after: null }, { 'retry-after': '-4' }, null],
    [{}, { 'retry-after': '2026' }, 2_026_000],
    [{}, { 'retry-after': '0x10' }, null],
    [{}, {}, null],
  ])('%j %j -> %s', (fields, headers, expected) => {
    const reading = read(429, error('Rate limit exceeded', fields), headers);
    expect(reading.failure?.retryAfterMs).toBe(expected);
  });
});

test('texts are bounded, without control characters', () => {
  const reading = read(200, error(`a\u001b[31m\r\nb\u0007\u202Ec ${'x'.repeat(5000)}`));
  expect(reading.failure?.message).toMatch(/^a \[31m b c x+…$/);
  expect(reading.failure?.message.length).toBeLessThan(2100);
});

test('a reply nested a hundred thousand levels deep is parsed', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  expect(read(200, `{"status":"error","message":${deep}}`).failure?.code).toBe('api_error');
});
