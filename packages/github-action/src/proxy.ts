/** The proxy variables that count, the first that is set: small letters win, as with curl. */
const VARIABLES = {
  'http:': ['http_proxy', 'HTTP_PROXY'],
  'https:': ['https_proxy', 'HTTPS_PROXY'],
} as const;

/** The passwords in the proxy variables, as they stand there and as they are sent. */
export function proxyPasswords(env: NodeJS.ProcessEnv): string[] {
  const passwords = Object.values(VARIABLES)
    .flat()
    .flatMap((name) => {
      const { password } = parse(env[name] ?? '') ?? { password: '' };
      return [password, decode(password) ?? ''];
    });
  return [...new Set(passwords)].filter((password) => password !== '');
}

/**
 * What is wrong with the proxy variable that holds for `baseUrl`; null if nothing is, or none is set. It never quotes
 * the variable, which may have a password in it.
 */
export function proxyFault(env: NodeJS.ProcessEnv, baseUrl: string): string | null {
  const names = VARIABLES[baseUrl.startsWith('http:') ? 'http:' : 'https:'];
  const name = names.find((candidate) => env[candidate]);
  if (!name) return null;
  const url = parse(env[name] ?? '');
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    return `The variable ${name} is no URL of an HTTP proxy. Give one such as http://proxy.example:3128, or unset it.`;
  }
  if (decode(url.username) === null || decode(url.password) === null) {
    return `The variable ${name} has a % in its user or password that is not part of a URL encoding. Write it as %25.`;
  }
  return null;
}

function parse(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
