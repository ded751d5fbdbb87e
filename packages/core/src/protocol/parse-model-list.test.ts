import { expect, test } from 'vitest';
import { createRedactor } from '../redaction/redact.ts';
import { parseModelList } from './parse-model-list.ts';
import { parseReply } from './parse-reply.ts';

const KEY = 'test-key-0123456789';
const redact = createRedactor(KEY);

function list(body: unknown, status = 200) {
  const reply = parseReply({ status, headers: {}, text: JSON.stringify(body) }, redact, 0);
  return parseModelList(reply, redact);
}

test.each<[unknown, string[] | null]>([
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [[], []],
  [
    ['a', 'a', 7, '7'],
    ['a', '7'],
  ],
  [
    ['a', null, '', 'b'],
    ['a', 'b'],
  ],
  [{ 0: 'a', 2: 'b' }, ['a', 'b']],
  [{ 0: 'a', 10: 'b' }, ['a', 'b']],
  [{ 0: 'a', x1: 'b' }, null],
  [{ 0: 'a', '1x': 'b' }, null],
  [{}, []],
  [
    [{ model_id: 'a', name: 'x' }, { model_id: 7 }],
    ['a', '7'],
  ],
  [{ current_page: 1, data: ['a'], last_page: 1 }, ['a']],
  [{ current_page: 1, data: ['a'], last_page: 2 }, null],
  // Exactly as listed: reloading such an id reports what is wrong with it.
  [
    ['two  blanks', ' a ', 'with\u200bzero'],
    ['two  blanks', ' a ', 'with\u200bzero'],
  ],
  [['x'.repeat(3000)], ['x'.repeat(3000)]],
  [
    ['a', 'b\u001b[31m', 'c'],
    ['a', 'b\u001b[31m', 'c'],
  ],
  [
    ['a', KEY, `x-${KEY}-y`],
    ['a', '[redacted]', 'x-[redacted]-y'],
  ],
  // Rejected.
  [[['a']], null],
  [[true], null],
  [[{ id: 'a' }], null],
  [{ a: 'b' }, null],
  ['a,b', null],
  [null, null],
  [undefined, null],
])('the list in the data %j is %j', (data, ids) => {
  expect(list({ status: 'success', messege: 'model list', data })).toEqual(ids);
});

test.each<[unknown, number, string[] | null]>([
  [['a', 'b'], 200, ['a', 'b']],
  [[], 200, []],
  [['a'], 500, null],
  [{ status: 'success', data: [null] }, 200, null],
  [{ data: ['a'], x: 1 }, 200, null],
  [{ status: 'processing', data: ['a'] }, 200, null],
  [{ status: 'error', message: 'Invalid API key', data: ['a'] }, 200, null],
  [{ status: 'success', data: ['a'] }, 401, null],
])('the list of %j with HTTP %i is %j', (body, status, ids) => {
  expect(list(body, status)).toEqual(ids);
});
