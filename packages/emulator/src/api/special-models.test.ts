import { expect, test } from 'vitest';
import { createReloadRequest } from '../../test/requests.ts';
import { createEmulator, createVirtualClock, specialModels } from '../index.ts';

const status = (word: string, message: unknown) => JSON.stringify({ status: word, message });

const RELOADING = `200 ${status('processing', 'Model is reloading')}`;
const RELOADED = `200 ${status('success', 'Model reloaded')}`;
const NORMAL = [RELOADING, RELOADING, RELOADING, RELOADED];
const SPAM = `200 ${JSON.stringify({
  status: 'error',
  message: 'Rate limit exceeded',
  tips: 'you are sending same request multiple times, spam filter is enabled, please wait for 30 seconds and try again',
})}`;
const CREDITS = 'Insufficient credits. Please add more credits to continue.';
const QUOTA =
  'Your monthly limit exceeded, upgrade subscription now on https://modelslab.com/pricing';
const QUEUE_FULL = 'Rate limit exceeded. Maximum 5 queued requests allowed.';
const SUCCESS_WHILE_LOADING = `200 ${status('success', 'Model is reloading')}`;
const DEPLOYING =
  '200 {"status":"success","messege":"deploying_gpu","data":"it will take upto 30 minutes."}';
const PHP =
  '<br />\n<b>Warning</b>:  Undefined array key "eta" in <b>/var/www/app/Model.php</b> on line <b>12</b><br />\n';

const always = (reply: string) => Array<string>(4).fill(reply);
const first = (reply: string) => [reply, RELOADING, RELOADING, RELOADED];
const second = (reply: string) => [RELOADING, reply, RELOADING, RELOADED];
const html = (code: number, title: string) =>
  `${code} <html>\n<head><title>${title}</title></head>\n<body><center><h1>${title}</h1></center></body>\n</html>\n`;

// Replies to requests at 0 s, 35 s, 40 s and 200 s; a model loads in two minutes.
const REPLIES: Record<string, string[]> = {
  'not-found': always(`404 ${status('error', 'Model not found: not-found')}`),
  'always-processing': always(RELOADING),
  'fails-once': first(`500 ${status('error', 'Internal server error')}`),
  'rate-limited-once': first(
    `429 ${JSON.stringify({ status: 'error', message: QUEUE_FULL, retry_after: 30 })}`,
  ),
  'retry-after-ahead': first(`429 ${status('error', QUEUE_FULL)}`),
  'retry-after-behind': first(`429 ${status('error', QUEUE_FULL)}`),
  'spam-filtered': [SPAM, RELOADING, SPAM, RELOADED],
  'out-of-credits': always(`402 ${status('error', CREDITS)}`),
  'out-of-credits-429': always(
    `429 ${JSON.stringify({ status: 'error', message: CREDITS, retry_after: 30 })}`,
  ),
  'quota-exceeded': always(`200 ${status('error', QUOTA)}`),
  'quota-exceeded-429': always(`429 ${status('error', QUOTA)}`),
  'server-error': always(`500 ${status('error', 'Internal server error')}`),
  'html-502': always(html(502, '502 Bad Gateway')),
  'route-not-found': always(
    '404 {"message":"The route api/v6/images/model_reload could not be found."}',
  ),
  'problem-json': always(
    '403 {"type":"about:blank","title":"Forbidden","status":403,"detail":"The request was blocked."}',
  ),
  'http-200-error': always(`200 ${status('error', 'Something went wrong')}`),
  'error-field': always('404 {"error":"Model not found: error-field"}'),
  'error-object': always(
    '200 {"status":"error","error":{"message":"Model not found: error-object"}}',
  ),
  misspelt: NORMAL.map((reply) => reply.replace('message', 'messege')),
  'validation-object': always(
    `200 ${status('error', { model_id: ['The selected model id is invalid.'] })}`,
  ),
  'status-failed': always(
    '200 {"status":"failed","id":"","message":"Failed, Try Again","output":""}',
  ),
  'says-success-while-loading': [...Array<string>(3).fill(SUCCESS_WHILE_LOADING), RELOADED],
  deploying: [...Array<string>(3).fill(DEPLOYING), RELOADED],
  'no-message': always('200 {"status":"success"}'),
  'empty-body': always('200 '),
  'second-reply-empty': second('200 '),
  'second-reply-html': second(html(200, 'Welcome')),
  'second-reply-cut': second('200 {"status":"succ'),
  'second-reply-401': second('401 {"message":"Unauthenticated."}'),
  'second-reply-403': second(html(403, 'Just a moment...')),
  'second-reply-408': second(html(408, '408 Request Time-out')),
  'php-warning': NORMAL.map((reply) => reply.replace(/^200 /, `200 ${PHP}`)),
  gzip: NORMAL,
  redirects: always('307 '),
};

test.each(Object.entries(REPLIES))('%s', async (modelId, expected) => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock });
  const replies = await clock.run(async () => {
    const lines: string[] = [];
    for (const gap of [0, 35_000, 5000, 160_000]) {
      await clock.sleep(gap);
      const reply = await emulator.answer(createReloadRequest(modelId));
      lines.push(`${reply.status} ${reply.text}`);
    }
    return lines;
  });
  expect(replies).toEqual(expected);
});

const HEADERS: [string, Record<string, string>][] = [
  ['html-502', { 'content-type': 'text/html' }],
  ['problem-json', { 'content-type': 'application/problem+json' }],
  ['php-warning', { 'content-type': 'text/html; charset=UTF-8' }],
  ['gzip', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ['redirects', { location: '/api/v6/images/model_reload_moved' }],
  // The emulator's clock is at 20:15 UTC.
  [
    'retry-after-ahead',
    {
      'content-type': 'application/json',
      date: 'Sat, 21 Nov 2026 21:15:00 GMT',
      'retry-after': 'Sat, 21 Nov 2026 21:15:05 GMT',
    },
  ],
  [
    'retry-after-behind',
    {
      'content-type': 'application/json',
      date: 'Sat, 21 Nov 2026 19:15:00 GMT',
      'retry-after': 'Sat, 21 Nov 2026 19:15:05 GMT',
    },
  ],
];

test.each(HEADERS)('headers of %s', async (modelId, headers) => {
  const clock = createVirtualClock(Date.parse('2026-11-21T20:15:00Z'));
  const emulator = createEmulator({ clock, retryAfterMs: 5000 });
  expect((await emulator.answer(createReloadRequest(modelId))).headers).toEqual(headers);
});

test('the second request counts for the model, although its reply is lost', async () => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, repeat: 'restarts' });
  await clock.run(async () => {
    await emulator.answer(createReloadRequest('second-reply-empty'));
    await clock.sleep(100_000);
    await emulator.answer(createReloadRequest('second-reply-empty'));
    await clock.sleep(120_000);
  });
  expect(emulator.loadedSince('second-reply-empty')).toBe(220_000);
});

test('each emulator remembers only its own requests', async () => {
  for (const emulator of [createEmulator(), createEmulator()]) {
    expect((await emulator.answer(createReloadRequest('fails-once'))).status).toBe(500);
  }
});

test.each(['rate-limited-once', 'out-of-credits-429'])(
  '%s: the time that it requests is an option',
  async (modelId) => {
    const emulator = createEmulator({ retryAfterMs: 50 });
    const { text } = await emulator.answer(createReloadRequest(modelId));
    expect(JSON.parse(text)).toMatchObject({ retry_after: 0.05 });
  },
);

test('echoes-key: raw, JSON-escaped, URL-encoded, base64, HTML-escaped', async () => {
  const apiKey = 'a"b\\c&d é';
  const emulator = createEmulator({ apiKey });
  const reply = await emulator.answer(createReloadRequest('echoes-key', apiKey));
  expect(reply.status).toBe(500);
  const { message }: { message: string } = JSON.parse(reply.text);
  const encodings = [
    apiKey,
    'a\\"b\\\\c&d é',
    'a%22b%5Cc%26d%20%C3%A9',
    'YSJiXGMmZCDDqQ==',
    'a&#34;b\\c&#38;d é',
  ];
  for (const encoding of encodings) expect(message).toContain(encoding);
});

const FAULTS: [string, string, string][] = [
  ['resets', 'ECONNRESET', 'reset'],
  ['truncated', 'UND_ERR_SOCKET', 'truncated'],
  ['huge', 'UND_ERR_RES_EXCEEDED_MAX_SIZE', 'huge'],
];

test.each(FAULTS)('%s, without a socket, rejects with %s', async (modelId, code, reply) => {
  const emulator = createEmulator();
  await expect(emulator.answer(createReloadRequest(modelId))).rejects.toMatchObject({ code });
  expect(emulator.requests).toMatchObject([{ reply, endedAt: expect.any(Number) }]);
});

const ENDLESS = ['hangs', 'drips'];

test.each(ENDLESS)('%s, without a socket, ends only by its signal', async (modelId) => {
  const emulator = createEmulator();
  const leaving = new AbortController();
  const request = emulator.answer(createReloadRequest(modelId), leaving.signal);
  expect(emulator.requests).toMatchObject([{ reply: 'open', endedAt: null }]);
  const reason = new Error('enough');
  leaving.abort(reason);
  await expect(request).rejects.toBe(reason);
  expect(emulator.requests).toMatchObject([{ reply: 'aborted', endedAt: expect.any(Number) }]);
});

test('every special model is in one of these tables', () => {
  const tested = [
    ...Object.keys(REPLIES),
    ...FAULTS.map(([modelId]) => modelId),
    ...ENDLESS,
    'echoes-key',
  ];
  expect(tested.toSorted()).toEqual(Object.keys(specialModels).toSorted());
});
