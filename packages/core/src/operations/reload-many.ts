import type { Account } from '../account/account.ts';
import type { Models } from '../account/models.ts';
import { checkModelId } from '../check-options.ts';
import { ReloadError, toOutcomeError } from '../errors.ts';
import { initialOutcome, type Outcome } from '../outcome.ts';
import { Caller } from '../polling/caller.ts';
import { abort, createCancellation, type Cancellation } from '../polling/cancellation.ts';
import { escapeInvisible, quote } from '../text.ts';
import { createQueue } from './queue.ts';
import { readIds, type ModelIds } from './read-ids.ts';
import { reloadModel, type ReloadCall } from './reload.ts';

/** The arguments of one `reloadMany` call. */
export interface ReloadManyCall extends Omit<ReloadCall, 'modelId'> {
  ids: ModelIds;
  /** Milliseconds for each model. */
  timeoutMs: number;
  /** Ends the whole call; aborted when the reader leaves the loop. */
  cancellation: Cancellation;
}

/**
 * Reloads many models, each distinct id once, and yields each outcome as soon as it is known.
 *
 * A model starts if fewer than `concurrency` models of this call wait for their first reply. Models do not
 * occupy a slot between polls, so that the whole list loads in parallel.
 */
export async function* reloadMany(
  account: Account,
  models: Models,
  call: ReloadManyCall,
): AsyncGenerator<Outcome, void, undefined> {
  const { context, time } = account;
  const { ids, timeoutMs, cancellation } = call;
  const callStartedAt = time.now();
  const stops = account.stop.count;
  /** Stops reading ids when the call ends or a failure ends all calls. */
  const reading = createCancellation();
  const stopReading = () => abort(reading, undefined);
  cancellation.listeners.add(stopReading);
  if (cancellation.aborted) stopReading();
  const outcomes = createQueue<Outcome>();
  // Counts each model that has not ended, plus one while ids are read.
  let open = 1;
  let sourceError: { thrown: unknown } | undefined;
  const closeOne = () => {
    if (--open === 0) outcomes.end(sourceError);
  };

  /** Starts one model; resolves when the API has replied about it, so that the next one may start. */
  const begin = (modelId: string) =>
    new Promise<void>((resolve) => {
      const caller = new Caller(time, {
        timeoutMs,
        stops,
        callStartedAt,
        cancellation,
        isListed: true,
        isIsolated: context.isIsolated,
        onBegun: resolve,
      });
      open++;
      const wait = async () => {
        try {
          const { outcome } = await reloadModel(account, models, caller, { ...call, modelId });
          outcomes.put(outcome);
          if (account.stop.count > stops) stopReading();
        } catch (thrown) {
          outcomes.end({ thrown });
        }
        caller.close();
        resolve();
        closeOne();
      };
      void wait();
    });

  const beginAll = async () => {
    const seen = new Set<unknown>();
    let beginning = 0;
    let onPlace: (() => void) | null = null;
    const endBeginning = () => {
      beginning--;
      onPlace?.();
    };
    for await (const id of readIds(ids, reading)) {
      if (isLeft) return;
      if (seen.has(id)) continue;
      seen.add(id);
      const refused = reject(account, id);
      if (refused) {
        outcomes.put(refused);
        continue;
      }
      void begin(id).then(endBeginning);
      if (++beginning < context.concurrency) continue;
      await new Promise<void>((resolve) => {
        onPlace = resolve;
      });
    }
  };

  let isLeft = false;
  try {
    void beginAll()
      .catch((thrown: unknown) => {
        // Models that have started still run to their end.
        sourceError = { thrown };
      })
      .finally(closeOne);
    yield* outcomes;
  } finally {
    // After the reader has left, no request is sent and no id is read.
    isLeft = true;
    cancellation.listeners.delete(stopReading);
    stopReading();
    abort(cancellation, undefined);
  }
}

/** Returns the outcome of an id that is rejected before anything is sent; null for a valid one. */
function reject({ context, time }: Account, id: unknown): Outcome | null {
  try {
    checkModelId(id, context.apiKey, context.redact);
    return null;
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    // A bidirectional override in it would reach the host's terminal or log.
    const modelId = escapeInvisible(context.redact(typeof id === 'string' ? id : quote(id)));
    return initialOutcome(modelId, time.wallMs(), { error: toOutcomeError(error) });
  }
}
