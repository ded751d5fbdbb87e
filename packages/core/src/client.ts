import { createAccount } from './account/account.ts';
import { createModels } from './account/models.ts';
import {
  checkClientOptions,
  checkListOptions,
  checkModelId,
  checkReloadOptions,
} from './check-options.ts';
import type { Context, Host } from './context.ts';
import { invalidArgument, ReloadError } from './errors.ts';
import { listTrainedModels, TrainedModels } from './operations/list-trained-models.ts';
import type { ModelIds } from './operations/read-ids.ts';
import { reloadMany } from './operations/reload-many.ts';
import { reloadModel } from './operations/reload.ts';
import type { ClientOptions, ListOptions, ReloadOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import { Caller } from './polling/caller.ts';
import { createCancellation, createSignalHub } from './polling/cancellation.ts';
import { requestIntervalMs } from './polling/retry-policy.ts';
import { createTime } from './polling/time.ts';
import { createRedactor } from './redaction/redact.ts';
import type { Clock, Transport } from './transport/types.ts';

/** The two ports through which a client reaches the outside. */
export interface Ports {
  transport: Transport;
  clock: Clock;
}

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
  reloadMany(ids: ModelIds, options?: ReloadOptions): AsyncGenerator<Outcome, void, undefined>;

  /**
   * Returns the ids of the account's own trained models, each once, as the API lists them.
   *
   * @throws {ReloadError} with the failure's code
   */
  listTrainedModels(options?: ListOptions): Promise<string[]>;
}

const NODE_LIKE: Host = { random: Math.random, isIsolated: false };

/**
 * Creates a client. Nothing is sent yet.
 *
 * @throws {ReloadError} `invalid_argument` for invalid options
 */
export function createClient(options: ClientOptions & Ports, host: Host = NODE_LIKE): Client {
  const checked = checkClientOptions(options);
  const { transport, clock } = options;
  if (typeof transport !== 'function') throw invalidArgument('transport must be a function.');
  if (typeof clock?.now !== 'function' || typeof clock.sleep !== 'function') {
    throw invalidArgument('clock must have the functions now and sleep.');
  }
  const redact = createRedactor(checked.apiKey);
  const context: Context = { ...checked, ...host, transport, redact };
  const { isIsolated } = host;
  const time = createTime(clock);
  const account = createAccount(context, time);
  const models = createModels(context, time);
  const trained = new TrainedModels(context);
  const connectSignal = createSignalHub();

  /** By default, a success is reused while the interval forbids another request. */
  const withMaxAge = <Call extends { maxAgeMs: number | null }>(call: Call) => ({
    ...call,
    maxAgeMs: call.maxAgeMs ?? requestIntervalMs(context),
  });

  /** Runs a call that ends by its own deadline and signal. */
  const withCaller = async <Result>(
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
    run: (caller: Caller) => Promise<Result>,
  ): Promise<Result> => {
    const caller = new Caller(time, { timeoutMs, stops: account.stop.count, isIsolated });
    const disconnect = connectSignal(signal, caller.cancellation);
    try {
      return await run(caller);
    } finally {
      disconnect();
      caller.close();
    }
  };

  return {
    async reload(modelId, reloadOptions = {}) {
      const call = withMaxAge(checkReloadOptions(reloadOptions, context.apiKey));
      checkModelId(modelId, context.apiKey, redact);
      return withCaller(call, async (caller) => {
        const { outcome, cause } = await reloadModel(account, models, caller, { modelId, ...call });
        const { error } = outcome;
        if (error) throw new ReloadError(error, { outcome, cause });
        return { ...outcome, error };
      });
    },

    reloadMany(ids, reloadOptions = {}) {
      const call = withMaxAge(checkReloadOptions(reloadOptions, context.apiKey));
      const isList =
        typeof ids === 'object' &&
        ids !== null &&
        (Symbol.iterator in ids || Symbol.asyncIterator in ids);
      if (!isList) throw invalidArgument('ids must be a list of model ids, such as an array.');
      return (async function* () {
        const cancellation = createCancellation();
        const disconnect = connectSignal(call.signal, cancellation);
        try {
          yield* reloadMany(account, models, { ...call, ids, cancellation });
        } finally {
          disconnect();
        }
      })();
    },

    async listTrainedModels(listOptions = {}) {
      return withCaller(checkListOptions(listOptions, context.apiKey), (caller) =>
        listTrainedModels(account, trained, caller),
      );
    },
  };
}
