import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Outcome, ReloadError } from '../src/engine.ts';
import { runs } from './effort.ts';
import { createProcesses } from './processes.ts';
import { apiError, full, hangs, processing, success, type Step } from './scripted-api.ts';

const spam = apiError(200, 'Rate limit exceeded', { tips: 'spam filter, wait for 30 seconds' });
const unauthorized = apiError(401, 'Invalid API key');
const image: Step = { body: { status: 'success', output: ['https://cdn.example/1.png'] } };
const generating: Step = { body: { status: 'processing', id: 7, eta: 20 } };

const script = (...some: Step[]) =>
  fc.array(
    fc
      .tuple(fc.constantFrom(...some, full(0), full(40), unauthorized), fc.constantFrom(0, 0, 2000))
      .map(([step, after]) => Object.assign({ after }, step)),
    { minLength: 1, maxLength: 6 },
  );
const failures = [
  apiError(500, 'Error'),
  { fails: 'ECONNRESET' },
  { fails: 'ECONNREFUSED' },
  hangs,
];
const scenario = fc.record({
  script: fc.record({
    m: script(success, success, processing, processing, processing, spam, ...failures),
    'image m': script(
      image,
      generating,
      generating,
      apiError(200, 'Model is not loaded'),
      ...failures,
    ),
    'fetch 7': script(image, generating, ...failures),
  }),
  options: fc.record({
    until: fc.constantFrom('accepted' as const, 'success' as const, 'image' as const),
    timeoutMs: fc.constantFrom(20_000, 200_000, 900_000),
  }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** Returns what steps and reload have in common: the requests, and the outcome but for its times. */
async function play({ script: steps }: Scenario, wait: (processes: Processes) => Promise<Outcome>) {
  const processes = createProcesses(steps);
  const outcome = await processes.run(() => wait(processes));
  const { status, evidence, requests, firstStatus, error } = outcome;
  return { sent: processes.sent(), status, evidence, requests, firstStatus, code: error?.code };
}
type Processes = ReturnType<typeof createProcesses>;

const playReload = (some: Scenario) =>
  play(some, async ({ createProcess }) => {
    try {
      return await createProcess().reload('m', some.options);
    } catch (error) {
      if (!ReloadError.isInstance(error) || !error.outcome) throw error;
      return error.outcome;
    }
  });
const playSteps = (some: Scenario) =>
  play(some, async ({ stepToEnd }) => (await stepToEnd(some.options)).outcome);

// Without jitter, which differs between the two.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0));
afterEach(() => void vi.restoreAllMocks());

test('Steps, each in a process of its own, send what one reload sends, and have its outcome.', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (some) => {
      expect(await playSteps(some)).toEqual(await playReload(some));
    }),
    runs(400),
  );
});
