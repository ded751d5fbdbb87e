import type { Context } from '../options/context.ts';
import type { Driver } from '../drivers/driver.ts';
import { OVER } from '../drivers/time.ts';
import { ReloadError, toOutcomeError } from '../errors.ts';
import { checkModelId } from '../options/model-id.ts';
import { initialOutcome, type Outcome } from '../outcome.ts';
import { escapeInvisible, quote } from '../text.ts';
import { createQueue } from './queue.ts';
import { readIds, type ModelIds } from './read-ids.ts';
import { startOf, type ReloadCall } from './reload.ts';

/**
 * Reloads many models, each distinct id once, and yields each outcome as soon as it is known.
 *
 * A model starts if fewer than `concurrency` models of this call wait for their first reply. Models do not
 * occupy a slot between polls, so that the whole list loads in parallel.
 */
export async function* reloadMany(
  driver: Driver,
  context: Context,
  ids: ModelIds,
  call: Omit<ReloadCall, 'modelId'> & { maxImages: number | undefined },
): AsyncGenerator<Outcome, void, undefined> {
  const { stops, time } = driver;
  const budget = call.maxImages === undefined ? null : driver.openBudget(call.maxImages);
  const list = { isListed: true, listStartedAt: time.now(), stops, budget };
  /** Ends the calls of this list when the caller's signal aborts or the reader leaves. */
  const over = new AbortController();
  /** Stops reading ids, then too, and when a failure ends all calls. */
  const reading = new AbortController();
  const end = (reason: unknown) => {
    reading.abort(OVER);
    over.abort(reason);
  };
  const onAbort = () => end(call.signal?.reason);
  if (call.signal?.aborted) onAbort();
  call.signal?.addEventListener('abort', onAbort);
  const outcomes = createQueue<Outcome>();
  // Counts each model that has not ended, plus one while ids are read.
  let open = 1;
  let isLeft = false;
  let sourceError: { thrown: unknown } | undefined;
  const closeOne = () => {
    if (--open === 0) outcomes.end(sourceError);
  };

  const reload = async (modelId: string, onBegun: () => void) => {
    open++;
    try {
      const start = { ...startOf(time, { ...call, modelId }), ...list };
      const hooks = { signal: over.signal, onReply: call.onReply, onBegun };
      const { outcome } = await driver.run(start, hooks);
      if (outcome) outcomes.put(outcome);
      if (driver.stops > stops) reading.abort(OVER);
    } catch (thrown) {
      outcomes.end({ thrown });
    }
    onBegun();
    closeOne();
  };

  const reloadAll = async () => {
    const known = new Set<unknown>();
    /** Models about which the API has not replied yet: while they fill the slots, no other one starts. */
    let starting = 0;
    let onBegun: (() => void) | null = null;
    const endStart = () => {
      starting--;
      onBegun?.();
    };
    for await (const id of readIds(ids, reading.signal)) {
      if (isLeft) return;
      if (known.has(id)) continue;
      known.add(id);
      const rejected = reject(driver, context, id);
      if (rejected) {
        outcomes.put(rejected);
        continue;
      }
      const begun = new Promise<void>((resolve) => void reload(id, resolve));
      void begun.then(endStart);
      if (++starting < context.concurrency) continue;
      await new Promise<void>((resolve) => {
        onBegun = resolve;
      });
    }
  };

  try {
    void reloadAll()
      .catch((thrown: unknown) => {
        // Models that have started still run to their end.
        sourceError = { thrown };
      })
      .finally(closeOne);
    yield* outcomes;
  } finally {
    // After the reader has left, no request is sent and no id is read.
    isLeft = true;
    if (budget !== null) driver.closeBudget(budget);
    call.signal?.removeEventListener?.('abort', onAbort);
    end(OVER);
  }
}

/** Returns the outcome of an id that is rejected before anything is sent; null for a valid one. */
function reject({ time }: Driver, { apiKey, redact }: Context, id: unknown): Outcome | null {
  try {
    checkModelId(id, apiKey, redact);
    return null;
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    // A bidirectional override in it would reach the host's terminal or log.
    const modelId = escapeInvisible(redact(typeof id === 'string' ? id : quote(id)));
    return initialOutcome(modelId, time.moment().wall, { error: toOutcomeError(error) });
  }
}
