import { unescape } from 'node:querystring';
import { setSecret } from '@actions/core';
import { initialOutcome } from '@modelslab-reload/core/engine';

/** Text that every `outcomes` output contains: GitHub drops the output if a secret is part of it. */
const ORDINARY_WORDS = JSON.stringify([
  initialOutcome('', Date.parse('2026-11-21T20:15:00.350Z')),
  'success processing change reply wait_timeout Model is reloading, reloaded, not found',
  ['code', 'message', 'hint', 'httpStatus', 'retryAfterMs'],
]);

const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy'];

/** Returns the passwords in all proxy variables, as written and as sent. */
export function listProxyPasswords(env: NodeJS.ProcessEnv): string[] {
  const names = PROXY_VARIABLES.flatMap((name) => [name, name.toUpperCase()]);
  const passwords = names.flatMap((name) => {
    const text = env[name] ?? '';
    const password = URL.canParse(text) ? new URL(text).password : '';
    // Unlike decodeURIComponent, it does not throw.
    return [password, unescape(password)];
  });
  return [...new Set(passwords)].filter((password) => password !== '');
}

/** Masks the key and the proxies' passwords in all later output, and returns them. */
export function maskSecrets(apiKey: string, env: NodeJS.ProcessEnv): string[] {
  const secrets = [apiKey, ...listProxyPasswords(env)].filter((secret) => secret !== '');
  for (const secret of secrets) setSecret(secret);
  return secrets;
}

/** Returns true if masking would cost outputs, because the runner drops an output that contains a masked text. */
export function mayHideOutputs(secrets: readonly string[], modelIds: readonly string[]): boolean {
  const texts = [ORDINARY_WORDS, ...modelIds];
  // Digits occur in times and counts.
  return secrets.some(
    (secret) =>
      secret.length < 4 || /^\d{1,8}$/.test(secret) || texts.some((text) => text.includes(secret)),
  );
}
