// A wait in an engine that sleeps without a process (Inngest, Cloudflare Workflows, Trigger.dev, Temporal): the engine
// stores the result of each step, and runs the function again from there.
//   inngest.createFunction({ id: 'reload' }, { event: 'model/needed' }, ({ step, event }) =>
//     reloadDurably(step, modelslab, event.data.modelId));
// The method `run` is `do` in Cloudflare Workflows.

/**
 * Reloads a model and returns its Outcome, with an `error` if it was not reached.
 *
 * @param {{ run<T>(name: string, task: () => Promise<T>): Promise<T>, sleep(name: string, ms: number): Promise<void> }}
 *   engine
 * @param {import('@modelslab-reload/core').Client} modelslab
 * @param {string} modelId
 * @param {import('@modelslab-reload/core').StepOptions} [options]
 */
export async function reloadDurably(engine, modelslab, modelId, options) {
  let wait = { state: null, outcome: null };
  for (let nth = 1; wait.outcome === null; nth++) {
    const { state } = wait;
    // If the engine repeats this task after a crash, the API may reject the request as spam. The wait goes on.
    wait = await engine.run(`${modelId}, request ${nth}`, () =>
      modelslab.step(modelId, state, options),
    );
    if (wait.outcome === null) await engine.sleep(`${modelId}, wait ${nth}`, wait.nextInMs);
  }
  return wait.outcome;
}
