import { setSecret, warning } from '@actions/core';
import type { Outcome } from '@modelslab-reload/core/engine';
import { listProxyPasswords } from './proxy.ts';

/** What every `outcomes` output is made of: a secret that is a part of it would have the output dropped. */
const ORDINARY_WORDS = JSON.stringify([
  {
    modelId: '',
    status: 'success',
    evidence: 'change',
    imageUrl: null,
    message: 'Model is reloading, reloaded, not found',
    firstStatus: 'processing',
    lastStatus: 'error',
    requests: 1,
    startedAt: '2026-11-21T20:15:00.000Z',
    repliedAt: '2026-11-21T20:15:00.000Z',
    elapsedMs: 0,
    error: { code: 'wait_timeout', message: '', hint: '', httpStatus: null, retryAfterMs: null },
  },
  { modelId: '', status: 'processing', evidence: 'reply' },
] satisfies [Outcome, Partial<Outcome>]);

/**
 * Has the runner mask the key, and the passwords of proxies, in all that follows.
 *
 * @returns what is masked now
 */
export function maskSecrets(apiKey: string, env: NodeJS.ProcessEnv): string[] {
  const secrets = [apiKey, ...listProxyPasswords(env)].filter((secret) => secret !== '');
  for (const secret of secrets) setSecret(secret);
  return secrets;
}

/** Warns where masking would cost outputs: the runner drops an output that has a masked text in it. */
export function warnOfCommonSecrets(
  secrets: readonly string[],
  modelIds: readonly string[],
): boolean {
  const isCommon = secrets.some((secret) => isLikelyIn(secret, [ORDINARY_WORDS, ...modelIds]));
  if (isCommon) {
    warning(
      'The input api-key, or the password in a proxy variable, is so short or so common that GitHub masks it inside ordinary words, and drops every output that has it in it. Is it the right one?',
      { title: 'Outputs may be missing' },
    );
  }
  return isCommon;
}

function isLikelyIn(secret: string, texts: readonly string[]): boolean {
  // Digits turn up in times and counts.
  return (
    secret.length < 4 || /^\d{1,8}$/.test(secret) || texts.some((text) => text.includes(secret))
  );
}
