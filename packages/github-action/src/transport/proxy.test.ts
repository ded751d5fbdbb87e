import { describe, expect, test } from 'vitest';
import { findProxy, findProxyFault, formatCredentials, listProxyPasswords } from './proxy.ts';

const PROXY = 'http://proxy.example:3128';

describe('listProxyPasswords', () => {
  test.each([
    [{}, []],
    [{ HTTPS_PROXY: PROXY }, []],
    [{ HTTPS_PROXY: 'http://user@proxy:3128' }, []],
    [{ HTTPS_PROXY: 'not a URL' }, []],
    [{ HTTPS_PROXY: 'http://user:one@proxy', http_proxy: 'http://user:two@proxy' }, ['one', 'two']],
    [{ https_proxy: 'http://user:one@proxy', HTTP_PROXY: 'http://user:two@proxy' }, ['one', 'two']],
    [{ HTTPS_PROXY: 'http://u:a%2Fb@proxy' }, ['a%2Fb', 'a/b']],
    [{ HTTPS_PROXY: 'http://u:100%@proxy' }, ['100%']],
    [{ http_proxy: 'http://u:same@proxy', https_proxy: 'http://u:same@proxy' }, ['same']],
  ])('returns the passwords of %j', (env, expected) => {
    expect(listProxyPasswords(env)).toEqual(expected);
  });
});

describe('findProxy', () => {
  test.each([
    [{}, null],
    [{ HTTPS_PROXY: PROXY }, PROXY],
    [{ https_proxy: PROXY, HTTPS_PROXY: 'http://other:1' }, PROXY],
    [{ https_proxy: '', HTTPS_PROXY: PROXY }, PROXY],
    [{ HTTP_PROXY: PROXY, http_proxy: PROXY }, null],
  ])('reads %j', (env, expected) => {
    const proxy = findProxy(env, new URL('https://modelslab.com'));
    expect(proxy?.origin ?? null).toBe(expected);
  });

  test.each([
    'http://localhost:8787',
    'https://localhost',
    'https://LOCALHOST:1',
    'https://api.localhost',
    'http://127.0.0.1:8787',
    'https://127.9.8.7',
    'https://127.10.200.30',
    'https://[::1]:1',
  ])('never returns a proxy for the loopback address %s', (target) => {
    const env = { http_proxy: PROXY, https_proxy: PROXY };
    expect(findProxy(env, new URL(target))).toBeNull();
  });

  test.each([
    'https://localhost.example',
    'https://notlocalhost',
    'https://127.0.0.1.example',
    'https://x127.0.0.1.example',
    'https://128.0.0.1',
    'https://[::1:1]',
  ])('returns the proxy for %s, which is another machine', (target) => {
    expect(findProxy({ https_proxy: PROXY }, new URL(target))?.origin).toBe(PROXY);
  });

  test('never returns a proxy for a request that is not encrypted', () => {
    const env = { http_proxy: PROXY, https_proxy: PROXY };
    expect(findProxy(env, new URL('http://modelslab.com'))).toBeNull();
  });

  test('ignores an empty no_proxy, even for a host that ends with a dot', () => {
    const env = { https_proxy: PROXY, no_proxy: ' , ' };
    expect(findProxy(env, new URL('https://modelslab.com.'))?.origin).toBe(PROXY);
  });

  test.each([
    ['*', true],
    ['modelslab.com', true],
    ['MODELSLAB.COM', true],
    ['api.modelslab.com', true],
    ['.modelslab.com', true],
    ['*.modelslab.com', true],
    ['example.com, modelslab.com', true],
    ['example.com modelslab.com', true],
    ['modelslab.com:443', true],
    ['modelslab.com:8443', false],
    ['lab.com', false],
    ['api.modelslab.com.example', false],
    ['www.modelslab.com', false],
    [' , ', false],
    ['.', false],
    ['127.0.0.1', false],
  ])('reads no_proxy %j for https://api.modelslab.com', (noProxy, isDirect) => {
    const target = new URL('https://api.modelslab.com/');
    const expected = isDirect ? null : PROXY;
    expect(findProxy({ https_proxy: PROXY, no_proxy: noProxy }, target)?.origin ?? null).toBe(
      expected,
    );
    expect(findProxy({ https_proxy: PROXY, NO_PROXY: noProxy }, target)?.origin ?? null).toBe(
      expected,
    );
  });

  test('prefers no_proxy in lower case', () => {
    const env = { https_proxy: PROXY, no_proxy: 'example.com', NO_PROXY: '*' };
    expect(findProxy(env, new URL('https://modelslab.com'))?.origin).toBe(PROXY);
  });
});

describe('findProxyFault', () => {
  test.each([
    [{ HTTPS_PROXY: 'proxy:3128' }, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'proxy' }, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'http://fine:1', https_proxy: 'socks5://u:secret@proxy' }, 'https_proxy'],
    [{ HTTPS_PROXY: 'http://u:secret100%@proxy' }, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'http://100%@proxy' }, 'HTTPS_PROXY'],
  ])('names the variable in %j without quoting it', (env, name) => {
    const fault = findProxyFault(env, new URL('https://modelslab.com'));
    expect(`${fault?.message} ${fault?.hint}`).toMatch(
      new RegExp(
        `^The variable ${name} (?:is not a valid URL.*http://proxy\\.example:3128|has a %.*as %25\\.)`,
      ),
    );
    expect(`${fault?.message} ${fault?.hint}`).not.toMatch(/secret|socks/);
  });

  test.each([
    [{ HTTPS_PROXY: '' }, 'https://modelslab.com'],
    [{ HTTPS_PROXY: PROXY }, 'https://modelslab.com'],
    [{ HTTPS_PROXY: 'https://proxy.example' }, 'https://modelslab.com'],
    [{ HTTP_PROXY: 'socks5://for-others' }, 'https://modelslab.com'],
    [{ HTTPS_PROXY: 'socks5://for-others' }, 'http://localhost:1'],
    [{ HTTPS_PROXY: 'socks5://for-others', no_proxy: 'modelslab.com' }, 'https://modelslab.com'],
  ])('ignores %j for %s', (env, target) => {
    expect(findProxyFault(env, new URL(target))).toBeNull();
  });
});

test.each([
  ['http://proxy', null],
  ['http://user@proxy', 'user:'],
  ['http://:secret@proxy', ':secret'],
  ['http://user:a%2Fb@proxy', 'user:a/b'],
])('formatCredentials encodes the user of %s', (url, expected) => {
  const credentials = formatCredentials(new URL(url));
  expect(credentials).toBe(
    expected === null ? null : `Basic ${Buffer.from(expected).toString('base64')}`,
  );
});
