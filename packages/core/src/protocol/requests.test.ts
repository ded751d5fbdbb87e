import { expect, test } from 'vitest';
import { checkClientOptions } from '../options/check-options.ts';
import { createRequest } from './requests.ts';

const KEY = 'test-key-0123456789';
const context = checkClientOptions({ apiKey: KEY });

test.each([
  ['a/b?c', 'a%2Fb%3Fc'],
  ['\ud800', '%EF%BF%BD'],
  ['a\udc00b🔑', 'a%EF%BF%BDb%F0%9F%94%91'],
])('the id %j of an image is the path part %s', (id, part) => {
  const { url, body } = createRequest(context, { call: 'fetch', id });
  expect(url).toBe(`https://modelslab.com/api/v6/images/fetch/${part}`);
  expect(JSON.parse(body)).toEqual({ key: KEY });
});

test('the key is in the body and nowhere else', () => {
  const request = createRequest(context, { call: 'reload', fields: { model_id: 'm' } });
  expect(JSON.parse(request.body)).toEqual({ key: KEY, model_id: 'm' });
  expect(JSON.stringify({ ...request, body: '' })).not.toContain(KEY);
});

test.each([
  [undefined, /^modelslab-reload\/\d+\.\d+\.\d+$/],
  ['my-product/1', /^my-product\/1$/],
])(
  'The headers request plain JSON; with the user agent %s they contain %s',
  (userAgent, expected) => {
    const options = checkClientOptions({ apiKey: KEY, ...(userAgent && { userAgent }) });
    expect(createRequest(options, { call: 'listTrainedModels' }).headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(expected) as unknown,
    });
  },
);
