import { createVirtualClock } from '@modelslab-reload/emulator';
import { createClient, type Client, type Outcome, type StepOptions } from '../src/engine.ts';
import { createScript, KEY, WALL_START_MS, type Script } from './scripted-api.ts';

/** Creates processes that call one scripted API: each has a client and a monotonic clock of its own. */
export function createProcesses(script: Script) {
  const { run, sleep, now: monotonicMs } = createVirtualClock();
  const api = createScript(script, { monotonicMs, sleep });
  const createProcess = (): Client => {
    const startedAt = monotonicMs();
    const clock = {
      now: () => WALL_START_MS + monotonicMs(),
      monotonicMs: () => monotonicMs() - startedAt,
      sleep,
    };
    return createClient({ apiKey: KEY, clock, transport: api.transport });
  };
  /** Calls `step` until it has an outcome, each time in a new process with the state as JSON. */
  const stepToEnd = async (
    options: StepOptions = {},
    state: unknown = null,
  ): Promise<{ outcome: Outcome; state: unknown }> => {
    const saved = JSON.parse(JSON.stringify(state));
    const next = await createProcess().step('m', saved, options);
    if (next.outcome) return { outcome: next.outcome, state: next.state };
    await sleep(next.nextInMs ?? NaN);
    return stepToEnd(options, next.state);
  };
  return {
    createProcess,
    stepToEnd,
    run,
    sleep,
    /** Returns the requests, with their times in seconds. */
    sent: () => api.requests.map(({ id, at }) => `${at.toFixed(2)} ${id}`),
  };
}
