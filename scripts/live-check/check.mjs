import { createClient, createRedactor, formatDuration, ReloadError } from '@modelslab-reload/core';
import { recordExchanges } from '../../packages/cli/dist/record.js';
import { readBalance } from './balance.mjs';

const TIMEOUT_MS = 900_000;

/**
 * Reloads a model, waits for success, sends the same request once more, and reads the balance before and after.
 *
 * @returns everything that a report needs; never rejects because of a model, a reply or the network
 * @throws {ReloadError} `invalid_argument`, before anything was sent
 */
export async function liveCheck(options) {
  const { apiKey, modelId, baseUrl, pollIntervalMs, transport, clock, signal, onExchange } =
    options;
  const { log = () => {}, now = () => performance.now() } = options;
  const { onExit = () => () => {} } = options;
  const exchanges = [];
  /** Returns the transport of one part of the check; `hide` changes the recorded text. */
  const transportFor = (part, hide = (text) => text) =>
    recordExchanges(
      { onExit },
      transport,
      apiKey,
      (exchange) => {
        if (exchange.reply) exchange.reply.text = hide(exchange.reply.text);
        exchanges.push({ part, ...exchange });
        onExchange({ part, ...exchange });
      },
      now,
    );
  const startedAt = new Date(clock?.now() ?? Date.now());
  const begun = now();

  const createPart = (part) =>
    createClient({
      apiKey,
      baseUrl,
      pollIntervalMs,
      ...(clock && { clock }),
      transport: transportFor(part),
    });
  const onReply = ({ type, status, message, reason, nextInMs }) => {
    const next = nextInMs === null ? '' : `; the next request in ${formatDuration(nextInMs)}`;
    const what =
      type === 'waiting' ? `waiting (${reason})` : `${status}, ${message ?? 'no message'}`;
    // The core has already cleaned the message.
    log(`${formatDuration(now() - begun)}: ${what}${next}`);
  };
  const reload = async (part, until) => {
    try {
      const call = { until, timeoutMs: TIMEOUT_MS, onReply, signal };
      return await createPart(part).reload(modelId, call);
    } catch (error) {
      if (ReloadError.isInstance(error) && error.outcome) return error.outcome;
      throw error;
    }
  };
  const balance = (part) =>
    readBalance({ apiKey, baseUrl, signal, send: transportFor(part, hideNumbers) });

  // Rejects invalid options before the first request.
  createPart('wait');
  const before = await balance('balance before');
  const outcome = await reload('wait', 'success');
  // A new client, which does not know about the success, sends the same request immediately.
  const repeat = outcome.error === null ? await reload('repeat', 'accepted') : null;
  const after = outcome.requests > 0 ? await balance('balance after') : null;
  return {
    startedAt,
    host: baseUrl === undefined ? null : new URL(baseUrl).host,
    isStopped: signal?.aborted === true,
    exchanges,
    outcome,
    repeat,
    balance: { before, after },
    redact: createRedactor(apiKey),
  };
}

/** Balances are private: the record keeps only the shape of the reply that contains one. */
function hideNumbers(text) {
  return text.replace(/\d+(?:\.\d+)?/g, '0');
}
