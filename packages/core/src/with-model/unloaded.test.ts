import { describe, expect, test } from 'vitest';
import { interpret } from './unloaded.ts';

const meansUnloaded = async (used: PromiseSettledResult<unknown>) =>
  (await interpret(used)) === 'unloaded';
const thrown = (value: unknown) => ({ status: 'rejected', reason: value }) as const;
const returned = (value: unknown) => ({ status: 'fulfilled', value }) as const;
const error = (message: string, more: object = {}) => ({ status: 'error', message, ...more });
const respond = (body: unknown, status = 200, type = 'application/json') =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': type },
  });

const TEXTS: [text: string, isUnloaded: boolean][] = [
  ['Model not found: m', true],
  ['Model id not found', true],
  ["The model doesn't exist", true],
  ['Model is not loaded: m', true],
  ['Not loaded: the model m', true],
  ['The checkpoint was unloaded', true],
  ['This LoRA is not ready', true],
  ['Model not yet loaded', true],
  ['Model is loading, please wait', true],
  ['MODEL RELOADING', true],
  // Another rule comes first.
  ['Insufficient credits, model not loaded', false],
  ['Rate limit exceeded, the model is loading', false],
  ['Invalid API key for an unloaded model', false],
  // Something else.
  ['The upstream is not ready', false],
  ['Image is loading', false],
  ['Model loaded', false],
  ['Model not available in your plan', false],
  ['NSFW content', false],
  ['', false],
];

describe.each<[string, (text: string) => unknown]>([
  ['an Error', (text) => new Error(text)],
  ['a string', (text) => text],
  ['the cause of an Error', (text) => new Error('failed', { cause: new Error(text) })],
  [
    'the body of a failed request, as axios has it',
    (text) => Object.assign(new Error('status code 400'), { response: { data: error(text) } }),
  ],
  ['the field body', (text) => Object.assign(new Error('failed'), { body: { messege: text } })],
  ['the field body as text', (text) => Object.assign(new Error('failed'), { body: text })],
  [
    'the Response of an Error',
    (text) => Object.assign(new Error('failed'), { response: respond({ message: text }, 400) }),
  ],
  ['a Response', (text) => respond(error(text), 404)],
])('Thrown as %s', (_, toThrown) => {
  test.each(TEXTS)('"%s" means that the model is unloaded: %s', async (text, isUnloaded) => {
    expect(await interpret(thrown(toThrown(text)))).toBe(isUnloaded ? 'unloaded' : 'failed');
  });
});

describe.each<[string, (text: string) => unknown]>([
  ['a body', (text) => error(text)],
  ['a body with the status failed', (text) => ({ status: ' Failed ', messege: text })],
  ['a body with tips', (text) => error('failed', { tips: text })],
  ['a body with the field error', (text) => ({ status: 'error', error: { message: text } })],
  ['a Response', (text) => respond(error(text))],
  ['a Response without a status word', (text) => respond({ message: text }, 503)],
  ['a Response with problem+json', (text) => respond({ message: text }, 404, 'application/x+json')],
])('Returned as %s', (_, toReturned) => {
  test.each(TEXTS)('"%s" means that the model is unloaded: %s', async (text, isUnloaded) => {
    expect(await interpret(returned(toReturned(text)))).toBe(isUnloaded ? 'unloaded' : 'failed');
  });
});

test.each<[string, unknown]>([
  ['a success', { status: 'success', message: 'Model is not loaded' }],
  ['processing, which is accepted', { status: 'processing', message: 'Model is loading' }],
  ['a body without a status', { message: 'Model is not loaded' }],
  ['a text', 'Model is not loaded'],
  ['nothing', undefined],
  ['null', null],
  ['a list', [error('Model is not loaded')]],
  ['a Response with a success', respond({ status: 'success', message: 'Model is not loaded' })],
  ['a Response with text', respond('Model is not loaded', 200, 'text/plain')],
])('What use returned is passed on: %s', async (_, value) => {
  expect(await interpret(returned(value))).toBe('succeeded');
});

describe('A Response', () => {
  test('can still be read by the caller.', async () => {
    const response = respond(error('Model is not loaded'));
    expect(await meansUnloaded(returned(response))).toBe(true);
    expect(await response.json()).toEqual(error('Model is not loaded'));
  });

  test.each<[string, () => Response]>([
    ['is larger than 64 KB', () => respond(error(`Model is not loaded ${'x'.repeat(70_000)}`))],
    ['is no JSON', () => respond('{"status":"error"', 400)],
    ['has no body', () => new Response(null, { status: 404 })],
    ['is a page', () => respond('<p>Model is not loaded</p>', 404, 'text/html')],
  ])('means nothing if it %s.', async (_, create) => {
    expect(await meansUnloaded(returned(create()))).toBe(false);
  });

  test('means nothing if the caller has read it.', async () => {
    const response = respond(error('Model is not loaded'));
    await response.text();
    expect(await meansUnloaded(returned(response))).toBe(false);
  });
});

describe('What throws when it is read is not replaced:', () => {
  const fail = () => {
    throw new Error('must not appear');
  };
  const withGetter = (owner: object, name: string) =>
    Object.defineProperty(owner, name, { enumerable: true, get: fail });
  test.each<[string, object]>([
    ['a getter of response', withGetter(new Error('x'), 'response')],
    ['a getter of ok', withGetter({}, 'ok')],
    ['a message', { status: 'error', message: withGetter({}, 'model_id') }],
    ['a proxy that knows no other fields', new Proxy({}, { get: fail, ownKeys: fail })],
  ])('%s', async (_, value) => {
    expect(await interpret(thrown(value))).toBe('failed');
    expect(await interpret(returned(value))).toBe('succeeded');
  });
});

test('an error that is its own cause is read once', async () => {
  const loop = new Error('loop');
  loop.cause = loop;
  expect(await meansUnloaded(thrown(loop))).toBe(false);
});
