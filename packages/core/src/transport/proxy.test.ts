import { afterEach, expect, test, vi } from 'vitest';
import { findProxy, parseProxy } from './proxy.ts';

afterEach(() => vi.unstubAllEnvs());

const PROXY = 'http://proxy.example:3128';

function isProxied(url: string, noProxy: string): boolean {
  for (const name of ['all_proxy', 'ALL_PROXY', 'no_proxy']) vi.stubEnv(name, undefined);
  for (const name of ['http_proxy', 'https_proxy']) vi.stubEnv(name, PROXY);
  vi.stubEnv('NO_PROXY', noProxy);
  return findProxy(new URL(url)) === PROXY;
}

// As in curl 7.88, which however knows no ports, no `*.`, no `*` in a list, and of IPv6 only one spelling.
test.each<[string, string, 'proxy' | 'direct']>([
  ['api.example', '', 'proxy'],
  ['api.example', '*', 'direct'],
  ['api.example', 'other.example *', 'direct'],
  ['api.example', 'api.example', 'direct'],
  ['api.example', 'API.Example', 'direct'],
  ['api.example', 'localhost,api.example', 'direct'],
  ['api.example', 'localhost , api.example', 'direct'],
  ['api.example', 'localhost\tapi.example\n', 'direct'],
  ['api.example', 'example', 'direct'],
  ['api.example', '.example', 'direct'],
  ['api.example', '*.example', 'direct'],
  ['api.example', '.api.example', 'direct'],
  ['api.example', 'pi.example', 'proxy'],
  ['api.example', 'api.example.org', 'proxy'],
  ['api.example', 'a*.example', 'proxy'],
  ['api.example', '.', 'proxy'],
  ['api.example', '*.', 'proxy'],
  ['api.example', ',,', 'proxy'],
  ['api.example', 'api.example.', 'direct'],
  ['api.example', 'example.', 'direct'],
  ['api.example.', 'api.example', 'direct'],
  ['api.example.', '.example.', 'direct'],
  ['api.example', 'api.example:443', 'direct'],
  ['api.example', '.example:443', 'direct'],
  ['api.example', 'api.example:80', 'proxy'],
  ['api.example:8443', 'api.example', 'direct'],
  ['api.example:8443', 'api.example:8443', 'direct'],
  ['api.example:8443', 'api.example:443', 'proxy'],
  ['10.1.2.3', '10.1.2.3', 'direct'],
  ['10.1.2.3', '10.1.2.3:443', 'direct'],
  ['10.1.2.3', '10.1.2.3:80', 'proxy'],
  ['10.1.2.3', '10.0.0.0/8', 'direct'],
  ['10.1.2.3', '10.1.2.0/24', 'direct'],
  ['10.1.2.3', '10.1.2.9/24', 'direct'],
  ['10.1.2.3', '10.1.2.0/31', 'proxy'],
  ['10.1.2.3', '10.1.3.0/24', 'proxy'],
  ['10.1.2.3', '10.0.0.0/33', 'proxy'],
  ['10.1.2.3', '10.0.0.0/', 'proxy'],
  ['10.1.2.3', '10.1/8', 'proxy'],
  ['10.1.2.3', '/8', 'proxy'],
  ['10.1.2.3', 'x.10.1.2.3', 'proxy'],
  ['10.1.2.3', '2.3', 'proxy'],
  ['api.example', '10.0.0.0/8', 'proxy'],
  ['[fd00::7]', 'fd00::7', 'direct'],
  ['[fd00::7]', 'FD00:0:0::7', 'direct'],
  ['[fd00::7]', '[fd00::7]', 'direct'],
  ['[fd00::7]', '[fd00::7]:443', 'direct'],
  ['[fd00::7]', '[fd00::7]:80', 'proxy'],
  ['[fd00::7]', 'fd00::/8', 'direct'],
  ['[fd00::7]', '[fd00::]/8', 'direct'],
  ['[fd00::7]', 'fd00::/129', 'proxy'],
  ['[fd00::7]', 'fd00::8', 'proxy'],
  ['[fd00::7]', '10.0.0.0/8', 'proxy'],
  ['[::ffff:10.1.2.3]', '10.0.0.0/8', 'direct'],
])('a request to https://%s with NO_PROXY %j: %s', (host, noProxy, way) => {
  expect(isProxied(`https://${host}`, noProxy) ? 'proxy' : 'direct').toBe(way);
});

test('a name in NO_PROXY with the port 80 applies to http:', () => {
  expect(isProxied('http://api.example', 'api.example:80')).toBe(false);
  expect(isProxied('http://api.example', 'api.example:443')).toBe(true);
});

test.each([
  ['http://proxy.example:3128', 'http://proxy.example:3128', undefined],
  ['HTTPS://proxy.example/', 'https://proxy.example', undefined],
  ['http://me:p%40ss%3Aword@proxy.example', 'http://proxy.example', 'me:p@ss:word'],
  ['http://me@proxy.example', 'http://proxy.example', 'me:'],
  ['http://:secret@proxy.example', 'http://proxy.example', ':secret'],
])('the proxy %s is %s with the credentials %s', (text, uri, credentials) => {
  const token = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  expect(parseProxy(text)).toEqual({ uri, ...(token && { token }) });
});

test.each([
  'proxy.example:3128',
  'http://me:secret-word@pro xy',
  'http://me:secret-word%ss@proxy.example',
  'socks5://me:secret-word@proxy.example',
])('the proxy %s is rejected without its password', (text) => {
  const parsing = () => parseProxy(text);
  expect(parsing).toThrow('not a valid URL of an HTTP proxy');
  expect(parsing).not.toThrow('secret-word');
});
