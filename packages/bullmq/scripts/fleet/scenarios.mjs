// What is checked on any queue: real processes, the emulator over a socket, and short times.
import assert from 'node:assert/strict';
import { start as startEmulator } from '@modelslab-reload/emulator';
import { release, startProcess, takeProcesses } from './processes.mjs';

export const KEY = 'kT9xQ2mZ7wLr4VbN8pYc';
const ENTRY = new URL('../../dist/index.js', import.meta.url).href;
export const CALLERS = 30;
export const MODELS = ['a', 'b', 'c'];
/** Models of a list. */
const LISTED = 30;
const WINDOW_MS = 850;
const SHORT = { loadTimeMs: 3000, spamWindowMs: WINDOW_MS, latencyMs: 40, retryAfterMs: 1000 };

/** Options of the emulator, and the most requests: for each model one, or one each second until it has loaded. */
export const SCENARIOS = [
  { name: 'default', options: {}, most: 12 },
  { name: 'blocking', options: { success: 'blocking' }, most: 6 },
  { name: 'accepted', options: { success: 'accepted' }, most: 6 },
  { name: 'filter on', options: { repeat: 'refused' }, most: 12 },
  { name: 'filter prolonged', options: { repeat: 'refused', spamWindow: 'prolonged' }, most: 12 },
  { name: 'restarts', options: { repeat: 'restarts', loadTimeMs: 700 }, most: 9 },
  { name: 'filter on, loaded', options: { repeat: 'refused', loaded: MODELS }, most: 3 },
];

export const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

export const createEmulator = (options = {}) =>
  startEmulator({ port: 0, apiKey: KEY, ...SHORT, ...options });

/** Opens a client in each process. */
export async function open(processes, emulator, host, options = {}) {
  const common = { entry: ENTRY, apiKey: KEY, baseUrl: emulator.url, pollIntervalMs: 1000 };
  const all = processes.map((one, n) =>
    one.ask('open', { ...common, userAgent: `p${n}`, ...host, ...options }),
  );
  await Promise.all(all);
}

/** Calls from every process, started over `spreadMs` in all. */
export async function reloadAll(processes, options = {}, spreadMs = 600, models = MODELS) {
  const results = await Promise.all(
    processes.map((one, n) =>
      one.ask('reload', {
        models,
        callers: CALLERS,
        delayMs: (spreadMs * n) / processes.length,
        options: { timeoutMs: 60_000, ...options },
      }),
    ),
  );
  return results.flat();
}

/** Returns what went wrong: failed calls, rejected requests, requests within the spam filter's window. */
export function faultsOf(calls, requests) {
  const last = new Map();
  let soon = 0;
  for (const { modelId, at } of requests) {
    if (at - (last.get(modelId) ?? -Infinity) < WINDOW_MS) soon++;
    last.set(modelId, at);
  }
  return {
    failed: calls
      .filter(({ code }) => code !== null)
      .map(({ code, message }) => `${code} ${message ?? ''}`),
    rejected: requests.filter(({ reply }) => reply === 429).length,
    soon,
  };
}

export const NONE = { failed: [], rejected: 0, soon: 0 };

export async function checkScenario(count, host, { options, most }, more = async () => {}) {
  const emulator = await createEmulator(options);
  const processes = await takeProcesses(count);
  await open(processes, emulator, host);
  const calls = await reloadAll(processes);
  assert.equal(calls.length, processes.length * CALLERS);
  assert.deepEqual(faultsOf(calls, emulator.requests), NONE);
  assert.ok(emulator.requests.length <= most, `${emulator.requests.length} requests`);
  const figures = [`${emulator.requests.length} requests`, await more(emulator, processes)];
  await release(processes);
  await emulator.close();
  return figures.filter(Boolean).join(', ');
}

/** The clock of one process is wrong, with the real interval and the real window of the spam filter. */
export async function checkSkew(host, skewMs) {
  const emulator = await createEmulator({
    repeat: 'refused',
    loadTimeMs: 20_000,
    spamWindowMs: 30_000,
  });
  const processes = [
    await startProcess({ FLEET_SKEW_MS: String(skewMs) }),
    ...(await takeProcesses(1)),
  ];
  await open(processes, emulator, host, { pollIntervalMs: 35_000 });
  const calls = await reloadAll(processes);
  for (const one of processes) one.kill();
  await emulator.close();
  assert.deepEqual(faultsOf(calls, emulator.requests), NONE);
  assert.deepEqual([...new Set(calls.map(({ evidence }) => evidence))], ['change']);
  return `${emulator.requests.length} requests`;
}

/** An invalid key ends all calls of all processes after the requests that were open. */
export async function checkInvalidKey(host) {
  const emulator = await createEmulator({ apiKey: 'another-key' });
  const processes = await takeProcesses(5);
  await open(processes, emulator, host);
  const ids = Array.from({ length: 60 }, (_, n) => `m${n}`);
  const lists = await Promise.all(processes.map((one) => one.ask('list', { ids })));
  await release(processes);
  await emulator.close();
  assert.deepEqual([...new Set(lists.flat().map(({ code }) => code))], ['unauthorized']);
  assert.ok(emulator.requests.length <= 8, `${emulator.requests.length} requests`);
  return `${emulator.requests.length} requests for 300 calls`;
}

/** Returns the time and the rejections of a list over a number of processes. */
async function measureList(host, count, options) {
  const emulator = await createEmulator(options);
  const processes = await takeProcesses(count);
  await open(processes, emulator, host);
  const ids = Array.from({ length: LISTED }, (_, n) => `m${n}`);
  const startedAt = performance.now();
  const lists = await Promise.all(
    processes.map((one, n) => one.ask('list', { ids: ids.filter((_, k) => k % count === n) })),
  );
  const ms = performance.now() - startedAt;
  await release(processes);
  await emulator.close();
  assert.deepEqual(
    lists.flat().filter(({ code }) => code !== null),
    [],
  );
  assert.equal(lists.flat().length, ids.length);
  return { ms, rejected: emulator.requests.filter(({ reply }) => reply === 429).length };
}

export async function checkList(host, options) {
  const [one, five] = await Promise.all([
    measureList(host, 1, options),
    measureList(host, 5, options),
  ]);
  const figures = `one ${Math.round(one.ms)} ms, ${one.rejected} x 429; five ${Math.round(five.ms)} ms, ${five.rejected} x 429`;
  // The figures of one process vary by a factor of three, so the limit is that of the line: one for every two models.
  assert.ok(five.ms <= 1.25 * one.ms + 3000 && five.rejected <= LISTED / 2, figures);
  return figures;
}

/** A call whose job waits for a slot that another process has taken reports it once. */
export async function checkSlot(host) {
  const emulator = await createEmulator({ success: 'blocking', loadTimeMs: 12_000 });
  const [busy, waiting] = await takeProcesses(2);
  await open([busy, waiting], emulator, host, { concurrency: 1 });
  const first = busy.ask('reload', { models: ['first'], callers: 1 });
  while (emulator.requests.length === 0) await sleep(20);
  const [second] = await waiting.ask('reload', { models: ['second'], callers: 1 });
  const calls = [...(await first), second];
  await release([busy, waiting]);
  await emulator.close();
  assert.deepEqual(faultsOf(calls, emulator.requests), NONE);
  assert.deepEqual(second.events, ['waiting slot', 'reply success']);
}
