import { BlockList, isIP } from 'node:net';
import { invalidArgument } from '../errors.ts';
import { isLoopback } from '../options/url.ts';

/** A proxy as undici's options: the credentials are apart from the URL, which an error could quote. */
export interface Proxy {
  uri: string;
  token?: string;
}

/**
 * Returns the proxy variable that applies to a URL, as curl reads `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and
 * `NO_PROXY`; empty for a direct connection. A proxy is never used for loopback, because it could read the key.
 */
export function findProxy(target: URL): string {
  if (isLoopback(target.hostname)) return '';
  if (isExcluded(target, readVariable('no_proxy') ?? '')) return '';
  return (
    readVariable(target.protocol === 'https:' ? 'https_proxy' : 'http_proxy') ??
    readVariable('all_proxy') ??
    ''
  );
}

/** Reads a variable; lower case takes precedence, as in curl. */
function readVariable(name: string): string | undefined {
  return process.env[name] ?? process.env[name.toUpperCase()];
}

/** Parses the value of a proxy variable. The error does not repeat it, because it may contain a password. */
export function parseProxy(text: string): Proxy {
  try {
    const { protocol, origin, username, password } = new URL(text);
    if (protocol !== 'http:' && protocol !== 'https:') throw new Error('no HTTP proxy');
    if (username === '' && password === '') return { uri: origin };
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { uri: origin, token: `Basic ${Buffer.from(credentials).toString('base64')}` };
  } catch {
    throw invalidArgument(
      'A proxy variable (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) is not a valid URL of an HTTP proxy.',
      'Use one such as http://proxy.example:3128, with special characters of a password URL-encoded, or unset it.',
    );
  }
}

/** Checks `NO_PROXY`: names with all their subdomains, `*`, addresses and CIDR ranges, each name with a port or without. */
function isExcluded({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$|\.$/, '$1');
  const usedPort = port || (protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      // A bare IPv6 address has colons of its own.
      const [, name = '', onlyPort = usedPort] =
        isIP(entry) === 6 ? [entry, entry] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
      return onlyPort === usedPort && (isIP(host) === 0 ? isInDomain : isInRange)(host, name);
    });
}

function isInDomain(host: string, name: string): boolean {
  const domain = name.replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isInRange(address: string, range: string): boolean {
  const [, start = '', bits] = /^\[?(.*?)\]?(?:\/(\d+))?$/.exec(range) ?? [];
  const family = isIP(start) === 6 ? 'ipv6' : 'ipv4';
  const maxBits = family === 'ipv6' ? 128 : 32;
  if (isIP(start) === 0 || Number(bits ?? 0) > maxBits) return false;
  const list = new BlockList();
  list.addSubnet(start, Number(bits ?? maxBits), family);
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
