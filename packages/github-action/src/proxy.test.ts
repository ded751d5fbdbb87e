import { describe, expect, it } from 'vitest';
import { proxyPasswords } from './proxy.ts';

describe('proxyPasswords', () => {
  it.each([
    [{}, []],
    [{ HTTPS_PROXY: 'http://proxy:3128' }, []],
    [{ HTTPS_PROXY: 'http://user@proxy:3128' }, []],
    [{ HTTPS_PROXY: 'no URL' }, []],
    [{ HTTPS_PROXY: 'http://user:one@proxy', http_proxy: 'http://user:two@proxy' }, ['two', 'one']],
    [{ HTTPS_PROXY: 'http://u:a%2Fb@proxy' }, ['a%2Fb', 'a/b']],
    [{ HTTPS_PROXY: 'http://u:100%@proxy' }, ['100%']],
    [{ http_proxy: 'http://u:same@proxy', https_proxy: 'http://u:same@proxy' }, ['same']],
  ])('%j: %j', (env, expected) => {
    expect(proxyPasswords(env)).toEqual(expected);
  });
});
