// Runs the live check against the emulator, for its tests.
import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { liveCheck } from '../live-check/check.mjs';
import { formatReport } from '../live-check/report.mjs';

export const KEY = 'a-long-secret-key';
const START = Date.parse('2026-11-21T20:15:00Z');

/** Runs the check against an emulator on a virtual clock; returns the rows of its report, the result and the record. */
export async function run({
  modelId = 'my-model',
  baseModel,
  balances = [],
  baseUrl = 'http://127.0.0.1:8787',
  onExchange,
  reply,
  fault,
  signal,
  onLog,
  ...options
} = {}) {
  const clock = createVirtualClock(START);
  const emulator = createEmulator({
    apiKey: KEY,
    clock,
    loadTimeMs: 100_000,
    // The spam filter is on in every scenario, as in the vendor's API.
    repeat: 'refused',
    intercept: ({ path }) =>
      path.endsWith('/wallet_balance') && balances.length > 0
        ? json({ status: 'success', data: { balance: balances.shift(), currency: 'USD' } })
        : (reply?.(path) ?? null),
    ...options,
  });
  const recorded = [];
  const logged = [];
  let sent = 0;
  const result = await clock.run(() =>
    liveCheck({
      apiKey: KEY,
      modelId,
      baseModel,
      baseUrl,
      clock,
      now: clock.now,
      transport: async (request, requestSignal) => {
        const error = fault?.(++sent, request);
        if (error) throw error;
        return emulator.answer(request, requestSignal);
      },
      onExchange: onExchange ?? ((exchange) => recorded.push(exchange)),
      signal,
      log: (line) => {
        logged.push(line);
        onLog?.(line);
      },
    }),
  );
  const report = formatReport(result, 'record.ndjson');
  const rows = Object.fromEntries(
    Array.from(report.matchAll(/^\| (.+\?) \| (.*) \|$/gm), ([, question, answer]) => [
      question,
      answer,
    ]),
  );
  return {
    emulator,
    result,
    report,
    rows,
    recorded,
    logged,
    all: JSON.stringify(recorded) + report + logged,
  };
}

export const json = (body, headers = {}) => ({
  status: 200,
  headers: { 'content-type': 'application/json', ...headers },
  text: JSON.stringify(body),
});
