// What is checked while processes end, stop or are replaced.
import assert from 'node:assert/strict';
import { release, takeProcesses } from './processes.mjs';
import {
  CALLERS,
  createEmulator,
  faultsOf,
  MODELS,
  NONE,
  open,
  reloadAll,
  sleep,
} from './scenarios.mjs';

/**
 * Signals the process that sent the last request, and returns how the calls of the others ended.
 *
 * @param afterMs when; null for after the replies
 */
async function disturb(host, options, { afterMs = null, disturbance }) {
  const emulator = await createEmulator(options);
  const processes = await takeProcesses(4);
  await open(processes, emulator, host);
  const calls = processes.map((one) =>
    one.ask('reload', { models: MODELS, callers: CALLERS, options: { timeoutMs: 60_000 } }),
  );
  while (emulator.requests.length < MODELS.length) await sleep(20);
  if (afterMs === null) await allReplied(processes[0]);
  else await sleep(afterMs);
  const sender = Number(/p(\d+)/.exec(emulator.requests.at(-1).headers['user-agent'])[1]);
  await disturbance(processes[sender]);
  const others = await Promise.all(calls.filter((_, n) => n !== sender));
  const results = others.flat();
  await release(processes.filter((_, n) => n !== sender));
  await emulator.close();
  assert.equal(results.length, 3 * CALLERS);
  assert.deepEqual(faultsOf(results, emulator.requests), NONE);
  assert.ok(emulator.requests.length <= 15, `${emulator.requests.length} requests`);
  const longest = Math.max(...results.map(({ ms }) => ms));
  return { results, figures: `${emulator.requests.length} requests, longest ${longest} ms` };
}

/** Resolves when the API has replied about all models, and the jobs have been delayed until their next request. */
async function allReplied(one) {
  while ((await one.ask('replied')) < MODELS.length) await sleep(20);
  await sleep(250);
}

const kill = async (one) => one.kill();

export const checkKillWhileWaiting = async (host) => {
  const { results, figures } = await disturb(host, {}, { disturbance: kill });
  assert.deepEqual([...new Set(results.map(({ evidence }) => evidence))], ['change']);
  return figures;
};

export const checkKillWithOpenRequest = async (host) =>
  (await disturb(host, { success: 'blocking' }, { afterMs: 500, disturbance: kill })).figures;

const stop = async (one) => {
  one.signal('SIGSTOP');
  setTimeout(() => one.signal('SIGCONT'), 20_000).unref();
};

export const checkStop = async (host) =>
  (await disturb(host, { repeat: 'refused' }, { afterMs: 600, disturbance: stop })).figures;

/** Every process of a deploy is replaced while the models load. */
export async function checkDeploy(host) {
  const emulator = await createEmulator({ repeat: 'refused' });
  const before = await takeProcesses(3);
  await open(before, emulator, host);
  for (const one of before) void one.ask('reload', { models: MODELS, callers: 3 });
  // An open request would be lost, and with it that the API replied `processing` first.
  await allReplied(before[0]);
  for (const one of before) one.kill();
  const after = await takeProcesses(3);
  await open(after, emulator, host);
  const calls = await reloadAll(after);
  await release(after);
  await emulator.close();
  assert.deepEqual(faultsOf(calls, emulator.requests), NONE);
  assert.deepEqual([...new Set(calls.map(({ evidence }) => evidence))], ['change']);
  return `${emulator.requests.length} requests`;
}
