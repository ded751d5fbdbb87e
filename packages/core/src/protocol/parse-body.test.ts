import { describe, expect, test } from 'vitest';
import { parseBody } from './parse-body.ts';

const parse = (body: unknown, status = 404, headers: Record<string, string | string[]> = {}) =>
  parseBody({ status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) });

describe('A message without a status word', () => {
  test.each([
    'Model not found',
    'The model could not be found',
    'You cannot GET / this model',
    'Not found: my-model',
    'Error 404: no such model',
    'This method is supported',
    'Missing authentication token in your request',
  ])('is the API\'s: "%s"', (message) => {
    expect(parse({ message })).toMatchObject({ isApiReply: true, message, status: null });
  });

  test.each([
    'The route api/v6/x could not be found.',
    'no Route matched with those values',
    'The GET method is not supported for this route.',
    'Cannot POST /api/v6/images/model_reload',
    'cannot get /',
    'Missing Authentication Token',
    'Unauthenticated.',
    'unauthenticated',
    'Not Found',
    ' Not Found. ',
    '404 Not Found',
    'Error 404 Not Found',
    'HTTP Error 503 Service Unavailable',
    'Bad Request',
    'Unauthorized',
    'Payment Required',
    'Forbidden',
    'Method Not Allowed',
    'Not Acceptable',
    'Request Timeout',
    'Conflict',
    'Gone',
    'Too Early',
    'Too Many Requests',
    'Internal Server Error',
    'Bad Gateway',
    'Gateway Timeout',
  ])('is from a framework or a gateway: "%s"', (message) => {
    expect(parse({ message }).isApiReply).toBe(false);
    expect(parse({ status: 'error', message }).isApiReply).toBe(true);
  });

  test.each([
    'statusCode',
    'status_code',
    'exception',
    'trace',
    'timestamp',
    'path',
    'detail',
    'errors',
  ])('is from a framework if the field "%s" is next to it', (name) => {
    expect(parse({ message: 'Model not found', [name]: 1 }).isApiReply).toBe(false);
    expect(parse({ message: 'Model not found', [`${name}x`]: 1 }).isApiReply).toBe(true);
  });

  test("is not the API's under a status that the API does not document.", () => {
    expect(parse({ message: 'Model not found' }, 418).isApiReply).toBe(false);
  });
});

describe('The message', () => {
  test.each([
    [{ message: 'a', messege: 'b', error: 'c' }, 'a'],
    [{ message: '', messege: 'b', error: 'c' }, 'b'],
    [{ messege: ' ', error: 'c' }, 'c'],
    [{ error: { message: 'd', code: 1 } }, 'd'],
    [{ error: { message: 'd', model_id: ['is required'] } }, 'd'],
    [{ error: 7 }, null],
    [{ error: ['c'] }, null],
    [{ error: null }, null],
    [{}, null],
  ])('of %j is %j', (body, message) => {
    expect(parse(body).message).toBe(message);
  });

  test('may be an object of lists by field instead of a string.', () => {
    const error = { model_id: ['The model id field is required.'] };
    expect(parse({ error })).toMatchObject({ isApiReply: true, rawMessage: error });
  });
});

test.each([
  [{ tips: 'one' }, 'one'],
  [{ tips: 'one', tip: 'two', tip_2: 'three', tips_10: 'four' }, 'one two three four'],
  [{ tips: null, tip: 'two' }, 'two'],
  [{ tips: 'one', tip: '' }, 'one'],
  [{ tipsy: 'x', my_tips: 'y', tip_: 'z' }, ''],
])('The tips of %j are "%s"', (body, tips) => {
  expect(parse(body).tips).toBe(tips);
});

test.each([
  ['application/problem+json', false],
  ['application/PROBLEM+json; charset=utf-8', false],
  [['application/problem+json', 'x'], false],
  [['application/json', 'application/problem+json'], true],
  ['application/json', true],
  [[], true],
])("A status word under the content type %j is the API's: %s", (type, isApiReply) => {
  const headers = { 'content-type': type };
  expect(parse({ status: 'error' }, 404, headers).isApiReply).toBe(isApiReply);
});

describe('Text that is not entirely JSON', () => {
  const json = '{"status":"success"}';

  test.each([
    `Warning: Undefined array key "x" in /a.php on line 3\n${json}`,
    `<br />\n<b>Warning</b>:  Undefined {key} in <b>/a.php</b> on line <b>3</b><br />\n${json}`,
    `${json}\nPHP Notice: Undefined index in /a.php`,
    `${json}PHP Deprecated: x`,
    `Fatal error: y ${json}`,
    `\n Strict Standards: z { "status":"success"}`,
    `\uFEFF${json}`,
    `${json}\nWarning: a page with <!doctype in it`,
  ])('is parsed despite a PHP warning: %j', (text) => {
    expect(parse(text).status).toBe('success');
  });

  test.each([
    `A NoWarning: x ${json}`,
    `Here: ${json}`,
    `Warning: no object here`,
    `Warning: {"cut":`,
    ` <!DOCTYPE html><p>Warning: x</p>${json}`,
    `<html>Warning: x${json}</html>`,
    '',
  ])('has no fields: %j', (text) => {
    expect(parse(text)).toMatchObject({ fields: {}, isApiReply: false });
  });
});

test.each([
  ['[1]', { data: [1] }],
  ['7', {}],
  ['null', {}],
  ['"text"', {}],
])('The fields of %s are %j', (text, fields) => {
  expect(parse(text).fields).toEqual(fields);
});
