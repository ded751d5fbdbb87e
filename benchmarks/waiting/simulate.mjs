import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { seeded } from './loads.mjs';

/**
 * Simulates one policy for one model after another, each with its own emulator and clock.
 *
 * @param loads milliseconds that each model loads, at every start of its load
 * @param options.eta what the API adds to `processing` as `eta`, given the true milliseconds left
 */
export async function simulate(policy, repeat, loads, { timeoutMs = 600_000, eta } = {}) {
  const random = seeded(1);
  const lags = [];
  let requests = 0;
  let refusals = 0;
  for (const [nth, loadTimeMs] of loads.entries()) {
    const modelId = `model-${nth}`;
    const clock = createVirtualClock();
    const emulator = createEmulator({ clock, repeat, loadTimeMs });
    const transport = async (request, signal) => {
      const reply = await emulator.answer(request, signal);
      const body = JSON.parse(reply.text);
      if (body.status === 'error') refusals++;
      if (eta === undefined || body.status !== 'processing') return reply;
      const text = JSON.stringify({ ...body, eta: eta(loadTimeMs - clock.now()) / 1000 });
      return { ...reply, text };
    };
    const detected = await clock.run(() =>
      policy.ask({ transport, clock, timeoutMs, modelId, random }),
    );
    requests += emulator.requests.length;
    if (detected) lags.push(clock.now() - emulator.loadedSince(modelId));
  }
  lags.sort((a, b) => a - b);
  return {
    /** Seconds from loaded to detected; null if no model was detected. */
    lag: lags.length > 0 ? mean(lags) / 1000 : null,
    lag95: lags.length > 0 ? lags[Math.ceil(0.95 * lags.length) - 1] / 1000 : null,
    requests: requests / loads.length,
    refusals: refusals / loads.length,
    /** Share of models that were not detected as loaded. */
    givenUp: 1 - lags.length / loads.length,
  };
}

export function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

export function mean(numbers) {
  return sum(numbers) / numbers.length;
}
