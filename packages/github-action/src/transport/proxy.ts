import { invalidArgument, type ReloadError } from '@modelslab-reload/core/engine';

/**
 * Proxy variables for `https:`, the only protocol that is proxied. Lower case takes precedence, as in curl and the
 * runner.
 */
const HTTPS_VARIABLES = ['https_proxy', 'HTTPS_PROXY'];
const ALL_VARIABLES = [...HTTPS_VARIABLES, 'http_proxy', 'HTTP_PROXY'];

/** Returns the passwords in all proxy variables, as written and as sent. */
export function listProxyPasswords(env: NodeJS.ProcessEnv): string[] {
  const passwords = ALL_VARIABLES.flatMap((name) => {
    const password = parse(env[name])?.password ?? '';
    return [password, decode(password) ?? ''];
  });
  return [...new Set(passwords)].filter((password) => password !== '');
}

/**
 * Returns the proxy for requests to `target`, or null for a direct connection. A loopback address
 * is never proxied: its requests are not encrypted, and the proxy could read the key.
 */
export function findProxy(env: NodeJS.ProcessEnv, target: URL): URL | null {
  return findVariable(env, target)?.url ?? null;
}

/**
 * Returns an error for an invalid proxy variable that applies to `target`; otherwise null. It never quotes the
 * variable, which may contain a password.
 */
export function findProxyFault(env: NodeJS.ProcessEnv, target: URL): ReloadError | null {
  const variable = findVariable(env, target);
  if (variable === null) return null;
  const { name, url } = variable;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    return invalidArgument(
      `The variable ${name} is not a valid URL of an HTTP proxy.`,
      'Use one such as http://proxy.example:3128, or unset it.',
    );
  }
  if (decode(url.username) === null || decode(url.password) === null) {
    return invalidArgument(
      `The variable ${name} has a % in its user or password that is not part of a URL encoding.`,
      'Write it as %25.',
    );
  }
  return null;
}

/**
 * Returns the value of the header `proxy-authorization`; null if the URL has no user.
 *
 * @param proxy a proxy for which `findProxyFault` returns null
 */
export function formatCredentials({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** Returns the variable that applies to `target`; its `url` is null if it is not a URL. */
function findVariable(
  env: NodeJS.ProcessEnv,
  target: URL,
): { name: string; url: URL | null } | null {
  if (target.protocol !== 'https:' || isLoopback(target.hostname)) return null;
  if (isExcluded(target, env['no_proxy'] || env['NO_PROXY'] || '')) return null;
  const name = HTTPS_VARIABLES.find((variable) => env[variable]);
  return name === undefined ? null : { name, url: parse(env[name]) };
}

function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(hostname);
}

/** Checks `no_proxy` as curl does: `example.com` and `.example.com` also match all subdomains. */
function isExcluded({ hostname, port }: URL, noProxy: string): boolean {
  const hosts = [hostname.toLowerCase(), `${hostname.toLowerCase()}:${port || '443'}`];
  return noProxy.split(/[\s,]/).some((entry) => {
    const name = entry.toLowerCase().replace(/^\*?\./, '');
    if (name === '') return false;
    return name === '*' || hosts.some((host) => host === name || host.endsWith(`.${name}`));
  });
}

function parse(text = ''): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
