import { reloadBatch, type ModelIds } from './operations/reload-many.ts';
import type { Wire } from './polling/loop.ts';
import {
  checkClientOptions,
  checkListOptions,
  checkModelId,
  checkReloadOptions,
} from './check-options.ts';
import type { ClientOptions, ListOptions, ReloadManyOptions, ReloadOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import type { Clock, Transport } from './transport/types.ts';
import { createRedactor } from './redact.ts';
import { invalidArgument, ReloadError } from './errors.ts';
import { reloadModel } from './operations/reload.ts';
import { startRun } from './polling/run.ts';
import type { Settings } from './settings.ts';
import { fetchTrainedModels } from './operations/list-trained-models.ts';

/** The two ports through which a client reaches the world. */
export interface Ports {
  transport: Transport;
  clock: Clock;
}

/** Reloads models with one API key. It holds nothing open between calls. */
export interface Client {
  /**
   * Reloads one model and waits until what `until` says is reached.
   *
   * @returns what became of it; its `error` is null
   * @throws {ReloadError} for everything else, with the outcome in `outcome`
   * @example
   * const { status, evidence } = await modelslab.reload('my-model', { timeoutMs: 300_000 });
   */
  reload(modelId: string, options?: ReloadOptions): Promise<Outcome>;

  /**
   * Reloads many models side by side and gives each one's outcome as it ends; each distinct id once.
   * A failed model is an outcome with an `error`, never an exception. A bad key or an empty account
   * ends the whole list. Nothing is sent before the first outcome is asked for; leaving the loop ends
   * all requests.
   *
   * @throws {ReloadError} `invalid_argument` for bad options, at once; and whatever `ids` or `onReply` throw
   * @example
   * for await (const { modelId, error } of modelslab.reloadMany(ids, { until: 'accepted' })) {
   *   console.log(modelId, error?.message ?? 'reached');
   * }
   */
  reloadMany(ids: ModelIds, options?: ReloadManyOptions): AsyncGenerator<Outcome, void, undefined>;

  /**
   * The ids of the account's own trained models, each once, as the API lists them.
   *
   * @throws {ReloadError} with the failure's code
   */
  listTrainedModels(options?: ListOptions): Promise<string[]>;
}

/**
 * Makes a client. Nothing is sent yet.
 *
 * @throws {ReloadError} `invalid_argument` for options that cannot work
 */
export function createClient(options: ClientOptions & Ports): Client {
  const checked = checkClientOptions(options);
  const { transport, clock } = options;
  if (typeof transport !== 'function') throw invalidArgument('transport must be a function.');
  if (typeof clock?.now !== 'function' || typeof clock.sleep !== 'function') {
    throw invalidArgument('clock must have the functions now and sleep.');
  }
  const settings: Settings = {
    ...checked,
    transport,
    clock,
    redact: createRedactor(checked.apiKey),
  };
  const wire: Wire = { ...settings, place: (exchange) => exchange() };

  return {
    async reload(modelId, reloadOptions = {}) {
      const checkedOptions = checkReloadOptions(reloadOptions, settings.apiKey);
      checkModelId(modelId, settings.apiKey);
      const run = startRun(clock, checkedOptions);
      try {
        const { outcome, cause } = await reloadModel(settings, wire, run, {
          modelId,
          ...checkedOptions,
        });
        if (outcome.error) throw new ReloadError(outcome.error, { outcome, cause });
        return outcome;
      } finally {
        run.close();
      }
    },

    reloadMany(ids, reloadOptions = {}) {
      const checkedOptions = checkReloadOptions(reloadOptions, settings.apiKey);
      if (
        typeof ids !== 'object' ||
        ids === null ||
        !(Symbol.iterator in ids || Symbol.asyncIterator in ids)
      ) {
        throw invalidArgument('ids must be a list of model ids, such as an array.');
      }
      return reloadBatch(settings, ids, checkedOptions);
    },

    async listTrainedModels(listOptions = {}) {
      const run = startRun(clock, checkListOptions(listOptions, settings.apiKey));
      try {
        return await fetchTrainedModels(settings, wire, run);
      } finally {
        run.close();
      }
    },
  };
}
