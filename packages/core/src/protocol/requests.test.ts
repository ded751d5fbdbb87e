import { expect, test } from 'vitest';
import { checkClientOptions } from '../check-options.ts';
import { createRedactor } from '../redact.ts';
import type { Settings } from '../settings.ts';
import { apiRequest } from './requests.ts';

const KEY = 'test-key-0123456789';
const settings: Settings = {
  ...checkClientOptions({ apiKey: KEY }),
  transport: () => Promise.reject(new Error('not used')),
  clock: { now: () => 0, sleep: () => Promise.resolve() },
  redact: createRedactor(KEY),
};

test.each([
  ['a/b?c', 'a%2Fb%3Fc'],
  ['\ud800', '%EF%BF%BD'],
  ['a\udc00b🔑', 'a%EF%BF%BDb%F0%9F%94%91'],
])('the id %j of an image is the path part %s', (id, part) => {
  const { url, body } = apiRequest(settings, { call: 'fetch', id });
  expect(url).toBe(`https://modelslab.com/api/v6/images/fetch/${part}`);
  expect(JSON.parse(body)).toEqual({ key: KEY });
});

test('the key is in the body and nowhere else', () => {
  const request = apiRequest(settings, { call: 'reload', fields: { model_id: 'm' } });
  expect(JSON.parse(request.body)).toEqual({ key: KEY, model_id: 'm' });
  expect(JSON.stringify({ ...request, body: '' })).not.toContain(KEY);
});
