import type { Account } from '../account/account.ts';
import type { Models } from '../account/models.ts';
import { checkModelId } from '../check-options.ts';
import { ReloadError, toOutcomeError } from '../errors.ts';
import { initialOutcome, type Outcome } from '../outcome.ts';
import { Caller } from '../polling/caller.ts';
import { abort, createCancellation, type Cancellation } from '../polling/cancellation.ts';
import { quote } from '../text.ts';
import { createQueue } from './queue.ts';
import { readIds, type ModelIds } from './read-ids.ts';
import { reloadModel, type ReloadCall } from './reload.ts';

/** A call about many models. */
export interface ReloadManyCall extends Omit<ReloadCall, 'modelId'> {
  ids: ModelIds;
  /** Milliseconds for each model. */
  timeoutMs: number;
  /** Ends the whole call; its reader aborts it by leaving. */
  cancellation: Cancellation;
}

/**
 * Reloads many models and returns each one's outcome as it ends; each distinct id once.
 *
 * A model is begun if fewer than `concurrency` models of this call wait for their first reply. While it is
 * polled it occupies no slot, so that the whole list loads side by side.
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
  /** Ends the reading of ids, when the call ends or a failure ends all calls. */
  const reading = createCancellation();
  const stopReading = () => abort(reading, undefined);
  cancellation.listeners.add(stopReading);
  if (cancellation.aborted) stopReading();
  const outcomes = createQueue<Outcome>();
  // The reading of the ids, and each model that has not ended.
  let open = 1;
  let sourceError: { thrown: unknown } | undefined;
  const closeOne = () => {
    if (--open === 0) outcomes.end(sourceError);
  };

  /** Begins one model; resolves when the API has answered for it, so that the next may begin. */
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
        // Models that were begun still reach their end.
        sourceError = { thrown };
      })
      .finally(closeOne);
    yield* outcomes;
  } finally {
    // A reader who leaves wants no more requests, and no more ids read.
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
    const modelId = context.redact(typeof id === 'string' ? id : quote(id));
    return initialOutcome(modelId, time.wallMs(), { error: toOutcomeError(error) });
  }
}
