import {
  checkModelId,
  createClient,
  createRedactor,
  formatDuration,
  ReloadError,
} from '@modelslab-reload/core';
import { recordExchanges } from '../../packages/cli/dist/record.js';
import { readBalance } from './balance.mjs';
import { findInList, hideOtherModels } from './list.mjs';

const TIMEOUT_MS = 900_000;
const HOUR_MS = 3_600_000;

/**
 * Reloads a model, waits for success, sends the same request once more, reads the balance before and after, and looks for
 * the model in the list. With a `baseModel` the model is a LoRA: after a success, it also generates one image, which is
 * billed, and never a second one.
 *
 * @returns everything that a report needs; never rejects because of a model, a reply or the network
 * @throws {ReloadError} `invalid_argument`, before anything was sent
 */
export async function liveCheck(options) {
  const { apiKey, modelId, baseModel, baseUrl, pollIntervalMs, transport, clock, signal } = options;
  const { onExchange } = options;
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

  const createPart = (part, send = transportFor(part)) =>
    createClient({ apiKey, baseUrl, pollIntervalMs, ...(clock && { clock }), transport: send });
  const onReply = ({ type, status, message, reason, nextInMs }) => {
    const next = nextInMs === null ? '' : `; the next request in ${formatDuration(nextInMs)}`;
    const what =
      type === 'waiting' ? `waiting (${reason})` : `${status}, ${message ?? 'no message'}`;
    // The core has already cleaned the message.
    log(`${formatDuration(now() - begun)}: ${what}${next}`);
  };
  const call = { timeoutMs: TIMEOUT_MS, onReply, signal };
  const reload = async (client, until) => {
    try {
      return await client.reload(modelId, { ...call, until });
    } catch (error) {
      if (ReloadError.isInstance(error) && error.outcome) return error.outcome;
      throw error;
    }
  };
  const balance = (part) =>
    readBalance({ apiKey, baseUrl, signal, send: transportFor(part, hideNumbers) });

  // Invalid options are rejected before the first request.
  checkModelId(modelId, apiKey);
  if (baseModel !== undefined) checkModelId(baseModel, apiKey);
  const transports = { wait: transportFor('wait'), image: transportFor('image') };
  let part = 'wait';
  const client = createPart('wait', (...request) => transports[part](...request));

  if (baseModel !== undefined) {
    log(
      `After a success, one image is generated with ${baseModel}, and billed. Ctrl-C prevents it.`,
    );
  }
  const before = await balance('balance before');
  const outcome = await reload(client, 'success');
  const isReloaded = outcome.error === null;
  // A new client, which does not know about the success, sends the same request immediately.
  const repeat = isReloaded ? await reload(createPart('repeat'), 'accepted') : null;
  const after = outcome.requests > 0 ? await balance('balance after') : null;
  const hide = (text) => hideOtherModels(text, modelId);
  const list = await findInList(createPart('list', transportFor('list', hide)), modelId, signal);
  let image = null;
  if (isReloaded && baseModel !== undefined) {
    part = 'image';
    // The client of the wait knows its success, so it does not reload the model again.
    const known = { until: 'image', imageBaseModel: baseModel, maxImages: 1, maxAgeMs: HOUR_MS };
    for await (const checked of client.reloadMany([modelId], { ...call, ...known })) {
      image = checked;
    }
  }
  return {
    baseModel,
    startedAt,
    host: baseUrl === undefined ? null : new URL(baseUrl).host,
    isStopped: signal?.aborted === true,
    exchanges,
    outcome,
    repeat,
    list,
    image,
    balance: { before, after },
    redact: createRedactor(apiKey),
  };
}

/** Balances are private: the record keeps only the shape of the reply that contains one. */
function hideNumbers(text) {
  return text.replace(/\d+(?:\.\d+)?/g, '0');
}
