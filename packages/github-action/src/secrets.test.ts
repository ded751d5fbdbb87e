import { expect, test } from 'vitest';
import { listProxyPasswords } from './secrets.ts';

const PROXY = 'http://proxy.example:3128';

test.each([
  [{}, []],
  [{ HTTPS_PROXY: PROXY }, []],
  [{ HTTPS_PROXY: 'http://user@proxy:3128' }, []],
  [{ HTTPS_PROXY: 'not a URL' }, []],
  [{ HTTPS_PROXY: 'http://user:one@proxy', http_proxy: 'http://user:two@proxy' }, ['two', 'one']],
  [{ https_proxy: 'http://user:one@proxy', HTTP_PROXY: 'http://user:two@proxy' }, ['two', 'one']],
  [{ all_proxy: 'http://user:one@proxy', ALL_PROXY: 'http://user:two@proxy' }, ['one', 'two']],
  [{ HTTPS_PROXY: 'http://u:a%2Fb@proxy' }, ['a%2Fb', 'a/b']],
  [{ HTTPS_PROXY: 'http://u:100%@proxy' }, ['100%']],
  [{ http_proxy: 'http://u:same@proxy', https_proxy: 'http://u:same@proxy' }, ['same']],
])('the passwords in the proxy variables %j are masked', (env, expected) => {
  expect(listProxyPasswords(env)).toEqual(expected);
});
