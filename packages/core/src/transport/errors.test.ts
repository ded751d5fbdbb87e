import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createRedactor } from '../redaction/redact.ts';
import { createFailure, invalidArgument, ReloadError } from '../errors.ts';
import { parseTransportError } from './errors.ts';

const KEY = 'secret-key-123';
const redact = createRedactor(KEY);
const coded = (code: string) => Object.assign(new Error('it broke'), { code });

test.each([
  ['ECONNREFUSED', 'network_error', 'retryable', 'not sent'],
  ['ENOTFOUND', 'network_error', 'retryable', 'not sent'],
  ['EAI_AGAIN', 'network_error', 'retryable', 'not sent'],
  ['UND_ERR_CONNECT_TIMEOUT', 'network_error', 'retryable', 'not sent'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'network_error', 'retryable', 'not sent'],
  ['ECONNRESET', 'network_error', 'retryable', 'sent'],
  ['EPIPE', 'network_error', 'retryable', 'sent'],
  ['ETIMEDOUT', 'network_error', 'retryable', 'sent'],
  ['UND_ERR_SOCKET', 'network_error', 'retryable', 'sent'],
  ['HPE_INVALID_CONSTANT', 'network_error', 'retryable', 'sent'],
  ['SOMETHING_NEW', 'network_error', 'retryable', 'sent'],
  ['constructor', 'network_error', 'retryable', 'sent'],
  ['__proto__', 'network_error', 'retryable', 'sent'],
  ['NO_CERT_', 'network_error', 'retryable', 'sent'],
  ['NO_ERR_SSL_', 'network_error', 'retryable', 'sent'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'network_error', 'final', 'not sent'],
  ['CERT_HAS_EXPIRED', 'network_error', 'final', 'not sent'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'network_error', 'final', 'not sent'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'network_error', 'final', 'not sent'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'network_error', 'final', 'not sent'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'network_error', 'final', 'not sent'],
  ['UND_ERR_HEADERS_TIMEOUT', 'request_timeout', 'retryable', 'sent'],
  ['UND_ERR_BODY_TIMEOUT', 'request_timeout', 'retryable', 'sent'],
  ['ECONNABORTED', 'request_timeout', 'retryable', 'sent'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'unexpected_response', 'final', 'sent'],
  ['UND_ERR_HEADERS_OVERFLOW', 'unexpected_response', 'final', 'sent'],
])('%s -> %s, %s, %s', (systemCode, code, kind, sent) => {
  const failed = parseTransportError(coded(systemCode), redact);
  expect(failed).toMatchObject({
    code,
    retryable: kind === 'retryable',
    maybeSent: sent === 'sent',
  });
  const what = code === 'unexpected_response' ? 'The reply is too large' : 'The request failed';
  expect(failed.message).toBe(`${what}: ${systemCode}, it broke`);
  expect(failed.cause).toMatchObject({ code: systemCode, message: 'it broke' });
});

test.each([
  ['a cause', new TypeError('fetch failed', { cause: coded('ENOTFOUND') })],
  ['one of several addresses', new AggregateError([coded('ENOTFOUND')])],
])('the code is found in %s', (_, thrown) => {
  expect(parseTransportError(thrown, redact).message).toBe(
    'The request failed: ENOTFOUND, it broke',
  );
});

const connecting = (code: string, address: string) =>
  Object.assign(new Error(`connect ${code} ${address}:443`), { code, syscall: 'connect' });

test.each<[string, unknown, boolean, string]>([
  [
    'one address',
    connecting('ETIMEDOUT', '192.0.2.1'),
    false,
    'The request failed: connect ETIMEDOUT 192.0.2.1:443',
  ],
  [
    'several addresses, as Node reports them',
    Object.assign(
      new AggregateError([connecting('ETIMEDOUT', '192.0.2.1'), connecting('ENETUNREACH', '::7')]),
      { code: 'ETIMEDOUT' },
    ),
    false,
    'The request failed: connect ETIMEDOUT 192.0.2.1:443; connect ENETUNREACH ::7:443',
  ],
  [
    'a cause, as fetch reports it',
    new TypeError('fetch failed', { cause: connecting('EACCES', '192.0.2.1') }),
    false,
    'The request failed: connect EACCES 192.0.2.1:443',
  ],
  [
    'a connection that was open',
    Object.assign(new Error('read ETIMEDOUT'), { code: 'ETIMEDOUT', syscall: 'read' }),
    true,
    'The request failed: read ETIMEDOUT',
  ],
  [
    'several errors of which one is of an open connection',
    Object.assign(
      new AggregateError([connecting('ETIMEDOUT', '192.0.2.1'), new Error('read ECONNRESET')]),
      { code: 'ECONNRESET' },
    ),
    true,
    'The request failed: connect ETIMEDOUT 192.0.2.1:443; read ECONNRESET',
  ],
])('a failure to connect sent nothing, whatever its code: %s', (_, thrown, maybeSent, message) => {
  expect(parseTransportError(thrown, redact)).toMatchObject({
    code: 'network_error',
    retryable: true,
    maybeSent,
    message,
  });
});

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const withGetter = (name: string, on: object = new Error('x')) =>
  Object.defineProperty(on, name, {
    get() {
      throw new Error('a getter');
    },
  });
const incomplete = (fields: object) => ({
  [Symbol.for('modelslab-reload.ReloadError')]: 1,
  ...fields,
});

test.each<[string, unknown]>([
  ['a name that is undefined', Object.assign(new Error('x'), { name: undefined })],
  ['a name that is a number', Object.assign(new Error('x'), { name: 7 })],
  ['a message that is an object', Object.assign(new Error('x'), { message: {} })],
  ['a code that is a symbol', Object.assign(new Error('x'), { code: Symbol('x') })],
  ['a stack that is null', Object.assign(new Error('x'), { stack: null })],
  [
    'a stack of frames, as Error.prepareStackTrace returns it',
    Object.assign(new Error('x'), { stack: [{}] }),
  ],
  ['a name whose getter throws', withGetter('name')],
  ['a message whose getter throws', withGetter('message')],
  ['a code whose getter throws', withGetter('code')],
  ['a cause whose getter throws', withGetter('cause')],
  ['a stack whose getter throws', withGetter('stack')],
  ['errors whose getter throws', withGetter('errors', {})],
  [
    'an error of several addresses whose message throws',
    new AggregateError([withGetter('message')]),
  ],
  ['a revoked proxy', revoked()],
  ['a revoked proxy as the cause', new Error('x', { cause: revoked() })],
  ['a revoked proxy as one of several errors', new AggregateError([revoked()])],
  ['a function without a prototype', Object.setPrototypeOf(() => {}, null)],
  ['an object without a prototype', Object.create(null)],
  ['a symbol', Symbol('x')],
  ['a big integer', 1n],
  ['a ReloadError without fields', incomplete({})],
  ['a ReloadError with an unknown code', incomplete({ code: 'nope', message: 'm', hint: 'h' })],
  ['a ReloadError whose code is in every object', incomplete({ code: 'constructor' })],
  ['a ReloadError without a message', incomplete({ code: 'api_error' })],
])('a strange value is a network error, and parsing it does not throw: %s', (_, thrown) => {
  const failure = parseTransportError(thrown, redact);
  expect(failure).toMatchObject({ code: 'network_error', retryable: true, maybeSent: true });
  expect(failure.message).toMatch(/^The request failed/);
});

test.each([[new Error('plain')], ['a string'], [null], [undefined], [{}], [new Error('')]])(
  'anything that is thrown is a network error: %s',
  (thrown) =>
    expect(parseTransportError(thrown, redact)).toMatchObject({
      code: 'network_error',
      retryable: true,
    }),
);

test('a code that is in the message is not repeated', () => {
  const thrown = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), {
    code: 'ECONNREFUSED',
  });
  expect(parseTransportError(thrown, redact).message).toBe(
    'The request failed: connect ECONNREFUSED 127.0.0.1:9',
  );
});

test('an error that is its own cause is parsed', () => {
  const thrown = new Error('round');
  thrown.cause = thrown;
  expect(parseTransportError(thrown, redact).message).toBe('The request failed: round');
});

test('a ReloadError of a transport keeps its code', () => {
  const refused = invalidArgument('A proxy variable is not a URL.');
  expect(parseTransportError(refused, redact)).toMatchObject({
    code: 'invalid_argument',
    retryable: false,
    maybeSent: false,
  });
});

test('nothing of a thrown request is kept', () => {
  const request = { body: JSON.stringify({ key: KEY }) };
  const thrown = Object.assign(new Error(`sending ${KEY} failed`), {
    code: 'ECONNRESET',
    config: request,
  });
  const shown = inspect(parseTransportError(thrown, redact), { showHidden: true, depth: 20 });
  expect(shown).not.toContain(KEY);
  expect(shown).toContain('sending [redacted] failed');
});

test.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /NODE_EXTRA_CA_CERTS/],
  ['ECONNREFUSED', /Check the network/],
])('the hint of %s explains what to do', (code, hint) => {
  expect(parseTransportError(coded(code), redact).hint).toMatch(hint);
});

test.each<[unknown, string]>([
  [Object.assign(new Error(''), { code: 'ECONNRESET' }), 'The request failed: ECONNRESET'],
  [new Error(''), 'The request failed'],
  ['', 'The request failed'],
  [{}, 'The request failed'],
  ['a string', 'The request failed: a string'],
  [new Error('', { cause: new Error('inner') }), 'The request failed: inner'],
  [new Error('outer', { cause: new Error('inner') }), 'The request failed: outer'],
  [
    new Error('outer', { cause: Object.assign(new Error(''), { code: 'EPIPE' }) }),
    'The request failed: EPIPE, outer',
  ],
])('thrown %s has the message %j', (thrown, message) => {
  expect(parseTransportError(thrown, redact).message).toBe(message);
});

test('the cause keeps its name and its stack', () => {
  const thrown = Object.assign(new TypeError(`no ${KEY}`), { stack: `TypeError\n at ${KEY}.ts:1` });
  expect(parseTransportError(thrown, redact).cause).toMatchObject({
    name: 'TypeError',
    message: 'no [redacted]',
    stack: 'TypeError\nat [redacted].ts:1',
  });
  Reflect.deleteProperty(thrown, 'stack');
  expect(parseTransportError(thrown, redact).cause).toEqual({
    name: 'TypeError',
    message: 'no [redacted]',
  });
});

const HOSTILE = `no\n::set-output name=x::y\r\u001b[31m\u009b\u202e${'z'.repeat(60_000)}`;

test.each<[string, unknown]>([
  ['an error', new Error(HOSTILE)],
  ['a text', HOSTILE],
  ['a code', Object.assign(new Error('x'), { code: HOSTILE })],
  ['a name', Object.assign(new Error('x'), { name: HOSTILE })],
  ['an error of its own', invalidArgument(HOSTILE, HOSTILE)],
])('untrusted text is cleaned and bounded: %s', (_, thrown) => {
  const failure = parseTransportError(thrown, redact);
  const { message, hint, cause } = failure;
  for (const line of [
    message,
    hint,
    cause?.message,
    cause?.name,
    ...(cause?.stack ?? '').split('\n'),
  ]) {
    // oxlint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(line?.length).toBeLessThan(2200);
  }
});

test('a ReloadError of a transport is redacted', () => {
  const failure = parseTransportError(invalidArgument(`no ${KEY}`, `use ${KEY}`), redact);
  expect(failure).toMatchObject({ message: 'no [redacted]', hint: 'use [redacted]' });
  expect(inspect(failure, { showHidden: true, depth: 20 })).not.toContain(KEY);
});

test('a reply that is too large may be followed by a smaller one, once the API has accepted', () => {
  const thrown = Object.assign(new Error('x'), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' });
  expect(parseTransportError(thrown, (text) => text)).toMatchObject({
    code: 'unexpected_response',
    retryable: false,
    maybeSent: true,
  });
});

test('a key that is broken over two lines of a stack is removed', () => {
  const thrown = new Error('x');
  const encoded = btoa(`{"key":"${KEY}"}`);
  thrown.stack = `Error: x\n${encoded.slice(0, 16)}\n${encoded.slice(16)}`;
  const { stack } = parseTransportError(thrown, redact).cause ?? {};
  expect(stack).toContain('[redacted]');
  expect(atob(stack?.split('[redacted]')[0]?.slice(9) ?? '')).not.toContain(KEY.slice(0, 4));
});

test('the cause of a ReloadError is its own cause; the lines of a stack keep their indent', () => {
  const own = new Error('own');
  own.stack = 'Error: own\n    at f (a.js:1:1)\n  x    at g';
  const thrown = new ReloadError(createFailure('invalid_argument', 'Proxy', { hint: 'Set it.' }), {
    cause: own,
  });
  expect(parseTransportError(thrown, (text) => text).cause).toMatchObject({
    message: 'own',
    stack: 'Error: own\n    at f (a.js:1:1)\nx at g',
  });
});
