import {
  checkClientOptions,
  checkOptions,
  LIST_TRAINED_MODELS,
  RELOAD,
  RELOAD_MANY,
  STEP,
} from './options/check-options.ts';
import type { Context } from './options/context.ts';
import { checkModelId } from './options/model-id.ts';
import type { Runtime } from './drivers/driver.ts';
import { createTime } from './drivers/time.ts';
import { invalidArgument, ReloadError } from './errors.ts';
import type { ModelIds } from './operations/read-ids.ts';
import { reloadMany } from './operations/reload-many.ts';
import { startOf } from './operations/reload.ts';
import { step } from './operations/step.ts';
import type {
  ClientOptions,
  ListOptions,
  ReloadManyOptions,
  ReloadOptions,
  StepOptions,
} from './options.ts';
import type { Outcome, Step, StepState } from './outcome.ts';
import { createRedactor } from './redaction/redact.ts';
import { requestIntervalMs } from './targets/interval.ts';
import type { Ports } from './transport/types.ts';
import { createWithModel, type WithModel } from './with-model/with-model.ts';

/** The outcome of a call that reached `until`. */
export type ReachedOutcome = Outcome & { error: null };

/**
 * Reloads models with one API key and enforces the limits of its account across all calls. Create it
 * once for each key and keep it. While no call waits, no request is open and no timer runs.
 */
export interface Client {
  /**
   * Reloads one model and waits for `until`. Calls for the same model share its requests; each ends by
   * its own options.
   *
   * @returns the outcome; its `error` is null
   * @throws {ReloadError} if `until` was not reached, with the outcome in `outcome`
   * @example
   * const { status, evidence } = await modelslab.reload('my-model', { timeoutMs: 300_000 });
   */
  reload(modelId: string, options?: ReloadOptions): Promise<ReachedOutcome>;

  /**
   * Reloads many models side by side and yields each one's outcome as it ends; each distinct id once.
   * `timeoutMs` is for each model. A failed model is an outcome with an `error`, never an exception. An
   * invalid key or missing credits end all waiting calls. Nothing is sent before the first outcome is
   * requested; leaving the loop ends this call's waits.
   *
   * @throws {ReloadError} `invalid_argument` for invalid options, immediately; also throws what `ids` or `onReply` throw
   * @example
   * for await (const { modelId, error } of modelslab.reloadMany(ids, { until: 'accepted' })) {
   *   console.log(modelId, error?.message ?? 'reached');
   * }
   */
  reloadMany(ids: ModelIds, options?: ReloadManyOptions): AsyncGenerator<Outcome, void, undefined>;

  /**
   * Runs `use`; if it failed because the model is unloaded, reloads the model and runs `use` again. A loaded model costs no
   * request. What `use` throws or returns for any other reason is passed on, and a `use` that the API accepted is never
   * repeated. Calls for one model share its reload, and one of them tries whether it is loaded.
   *
   * @param use what needs the model; it gets the call's signal, and is never abandoned
   * @returns what `use` returned
   * @throws what `use` threw; or a {ReloadError} whose `cause` is what `use` threw or returned last
   * @example
   * const image = await modelslab.withModel('my-model', () => text2img('my-model', prompt));
   */
  withModel: WithModel;

  /**
   * Sends at most one request of a wait whose state is kept outside this process, and returns. While `outcome` is null,
   * call it again in `nextInMs` milliseconds with the returned `state`, from any process. Failures are an outcome with an
   * `error`, as in `reloadMany`.
   *
   * @param state what the last step returned for this model, as JSON; null or undefined to begin
   * @throws {ReloadError} `invalid_argument` for invalid options or a state of something else; also throws what
   *   `onReply` or `onSend` throws
   * @example
   * let wait = await modelslab.step('my-model');
   * while (wait.outcome === null) {
   *   await engine.sleep(wait.nextInMs);
   *   wait = await modelslab.step('my-model', wait.state);
   * }
   */
  step(modelId: string, state?: StepState | null, options?: StepOptions): Promise<Step>;

  /**
   * Returns the ids of the account's own trained models, each once, as the API lists them.
   *
   * @throws {ReloadError} with the failure's code
   */
  listTrainedModels(options?: ListOptions): Promise<string[]>;
}

/** Creates a client from its options and from what an entry provides: how calls run, and the default ports. */
export function createClient(
  options: ClientOptions & Partial<Ports>,
  provided: Pick<Runtime, 'createDriver'> & Partial<Runtime & Ports>,
): Client {
  const {
    transport = provided.transport,
    clock = provided.clock,
    ...checked
  } = checkClientOptions(options);
  if (typeof transport !== 'function') throw invalidArgument('transport must be a function.');
  if (typeof clock?.now !== 'function' || typeof clock.sleep !== 'function') {
    throw invalidArgument('clock must have the functions now and sleep.');
  }
  const redact = createRedactor(checked.apiKey);
  const { random = Math.random, createDriver, betweenEvents = (state) => state } = provided;
  const context: Context = { ...checked, transport, clock, redact, random };
  const time = createTime(clock);
  const driver = createDriver(context, time, betweenEvents);

  /** By default, a success is reused while the interval forbids another request. */
  const withMaxAge = <Call extends { maxAgeMs: number | undefined }>(call: Call) => ({
    ...call,
    maxAgeMs: call.maxAgeMs ?? requestIntervalMs(context),
  });

  const client: Omit<Client, 'withModel'> = {
    async reload(modelId, reloadOptions = {}) {
      const call = withMaxAge(checkOptions(reloadOptions, RELOAD, context.apiKey));
      checkModelId(modelId, context.apiKey, redact);
      const { outcome, cause } = await driver.run(startOf(time, { modelId, ...call }), call);
      if (outcome === null) throw new Error('A reload has no outcome.');
      const { error } = outcome;
      if (error) throw new ReloadError(error, { outcome, cause });
      return { ...outcome, error };
    },

    reloadMany(ids, reloadOptions = {}) {
      const call = withMaxAge(checkOptions(reloadOptions, RELOAD_MANY, context.apiKey));
      const methods = [Symbol.iterator, Symbol.asyncIterator];
      if (typeof ids !== 'object' || !methods.some((method) => method in Object(ids))) {
        throw invalidArgument('ids must be a list of model ids, such as an array.');
      }
      return reloadMany(driver, context, ids, call);
    },

    async step(modelId, state = null, stepOptions = {}) {
      const call = withMaxAge(checkOptions(stepOptions, STEP, context.apiKey));
      checkModelId(modelId, context.apiKey, redact);
      return step(driver, { modelId, ...call }, state);
    },

    async listTrainedModels(listOptions = {}) {
      const call = checkOptions(listOptions, LIST_TRAINED_MODELS, context.apiKey);
      const { now, wall } = time.moment();
      const start = { modelId: null, timeoutMs: call.timeoutMs, startedAt: now, startedWall: wall };
      const { ids, failure, cause } = await driver.run(start, call);
      if (failure) throw new ReloadError(failure, { cause });
      return [...(ids ?? [])];
    },
  };
  return { ...client, withModel: createWithModel(client.reload, driver, context.apiKey) };
}
