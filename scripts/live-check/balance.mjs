import { checkClientOptions } from '@modelslab-reload/core';
import { parseObject } from './text.mjs';

const TIMEOUT_MS = 30_000;

/**
 * Reads the account's balance.
 *
 * @returns {Promise<{ amount: number, currency: string } | null>} null if it could not be read
 */
export async function readBalance({ apiKey, baseUrl, signal, send }) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const request = {
    method: 'POST',
    url: `${checkClientOptions({ apiKey, baseUrl }).baseUrl}/api/wallet_balance`,
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
