import { parseObject } from './text.mjs';

const DEFAULT_BASE_URL = 'https://modelslab.com';
const TIMEOUT_MS = 30_000;

/**
 * Reads the account's balance.
 *
 * @returns {Promise<{ amount: number, currency: string } | null>} null if it could not be read
 */
export async function readBalance({ apiKey, baseUrl = DEFAULT_BASE_URL, signal, send }) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const request = {
    method: 'POST',
    url: new URL('/api/wallet_balance', baseUrl).href,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ key: apiKey }),
  };
  try {
    const { text } = await send(request, signal ? AbortSignal.any([signal, timeout]) : timeout);
    const { balance, currency } = Object(parseObject(text).data);
    const amount = Number.parseFloat(balance);
    return Number.isFinite(amount) ? { amount, currency: String(currency ?? '') } : null;
  } catch {
    // The record shows what went wrong.
    return null;
  }
}
