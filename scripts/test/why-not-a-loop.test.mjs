// Measures the README's reasons against a loop of fetch, and the cost of several processes, on a virtual clock.
import { createClient } from '@modelslab-reload/core';
import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { isFull } from '../../packages/core/test/effort.ts';
import { read } from './repository.mjs';

const MODELS = ['a', 'b', 'c'];
const CALLS = 300;
const SCENARIOS = {
  harmless: {},
  accepted: { success: 'accepted' },
  rejected: { repeat: 'refused' },
  'rejected, extended': { repeat: 'refused', spamWindow: 'prolonged' },
};

/** Makes calls for three unloaded models at the same time, spread over clients that do not know about each other. */
async function measure(options, clients) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, ...options });
  const all = Array.from({ length: clients }, () =>
    createClient({ apiKey: 'demo-key', transport: emulator.answer, clock }),
  );
  const ends = await clock.run(() =>
    Promise.allSettled(
      Array.from({ length: CALLS }, (_, nth) =>
        all[nth % clients].reload(MODELS[Math.floor(nth / clients) % MODELS.length]),
      ),
    ),
  );
  const failed = ends.filter(({ status }) => status === 'rejected').length;
  return { requests: emulator.requests.length, failed };
}

const measureAll = (clients, scenarios = Object.keys(SCENARIOS)) =>
  Promise.all(scenarios.map((name) => measure(SCENARIOS[name], clients)));

/** Checks a number of a document: the jitter of the clients may change it a little. */
function expectAbout(measured, documented) {
  expect(measured).toBeGreaterThanOrEqual(documented * 0.8);
  expect(measured).toBeLessThanOrEqual(documented * 1.2);
}

const readme = read('README.md');

test('the README has the requests of 300 calls with a client for each, and with one client', async () => {
  // The fewest requests are measured everywhere; the thousands of the other scenarios in CI.
  const byHand = await measureAll(CALLS, isFull ? undefined : ['accepted']);
  const shared = await measureAll(1);
  const [, low, high] = /(\d+) to (\d+) requests; at worst all calls fail/.exec(readme);
  expectAbout(Math.min(...byHand.map(({ requests }) => requests)), Number(low));
  if (isFull) {
    expectAbout(Math.max(...byHand.map(({ requests }) => requests)), Number(high));
    expect(Math.max(...byHand.map(({ failed }) => failed))).toBe(CALLS);
  }
  expect(new Set(shared.map(({ requests }) => requests))).toEqual(new Set([3, 6]));
  expect(readme).toContain('3 to 6 requests');
  expect(shared.filter(({ failed }) => failed > 0)).toEqual([]);
});

const guide = read('docs/guides/several-processes.md');
const rows = Array.from(
  guide.matchAll(/^\| (\w[\w, ]*?) +\| (\d+) +\| (\d+) +\| (\d+) +\|$/gm),
  ([, name, ...numbers]) => [name, ...numbers.map(Number)],
);

test.each(isFull ? rows : rows.filter((_, nth) => nth % 4 === 0))(
  'if a repeat is %s, calls from %i processes send about %i requests, and %i fail',
  async (name, processes, requests, failed) => {
    const measured = await measure(SCENARIOS[name], processes);
    expectAbout(measured.requests, requests);
    expect(measured.failed).toBe(failed);
  },
);

test('the README has the worst row of several processes', () => {
  expect(rows).toHaveLength(9);
  const [, , requests, failed] = rows.at(-1);
  expect(readme).toContain(`${requests} requests, all calls fail`);
  expect(failed).toBe(CALLS);
});

test.each(['harmless', 'refused'])(
  'a loop of every 2 s, ten times, gives up if a repeat is %s',
  async (repeat) => {
    const clock = createVirtualClock();
    const emulator = createEmulator({ clock, repeat });
    const body = JSON.stringify({ key: 'demo-key', model_id: 'a' });
    const url = 'https://modelslab.com/api/v6/images/model_reload';
    const request = { method: 'POST', url, headers: { 'content-type': 'application/json' }, body };
    const statuses = await clock.run(async () => {
      const seen = [];
      for (let nth = 0; nth <= 10; nth++) {
        const { text } = await emulator.answer(request, new AbortController().signal);
        seen.push(JSON.parse(text).status);
        await clock.sleep(2000);
      }
      return seen;
    });
    expect(statuses).not.toContain('success');
    const modelslab = createClient({ apiKey: 'demo-key', transport: emulator.answer, clock });
    expect(await clock.run(() => modelslab.reload('a'))).toMatchObject({ status: 'success' });
  },
);
