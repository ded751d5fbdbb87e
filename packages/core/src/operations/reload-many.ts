import pLimit from 'p-limit';
import { toOutcomeError } from '../errors.ts';
import type { Latch } from '../polling/latch.ts';
import type { Wire } from '../polling/loop.ts';
import { checkModelId, type checkReloadOptions } from '../check-options.ts';
import { quote } from '../text.ts';
import { initialOutcome, type Outcome } from '../outcome.ts';
import { createQueue } from './queue.ts';
import { ReloadError } from '../errors.ts';
import { reloadModel } from './reload.ts';
import { startRun } from '../polling/run.ts';
import type { Settings } from '../settings.ts';

/** The ids of the models: any list of them, also one that comes bit by bit. */
export type ModelIds = Iterable<string> | AsyncIterable<string>;

/**
 * Reloads many models and gives each one's outcome as it ends; each distinct id once.
 *
 * A model is begun when one of the places for open exchanges may be free for it. While it is waited
 * for it holds none, so that the whole list loads side by side.
 */
export async function* reloadBatch(
  settings: Settings,
  ids: ModelIds,
  options: ReturnType<typeof checkReloadOptions>,
): AsyncGenerator<Outcome, void, undefined> {
  const { clock, concurrency } = settings;
  const run = startRun(clock, options);
  // It ends the waiting for ids and for places as well.
  run.watchDeadline();
  const wire: Wire = { ...settings, place: pLimit(concurrency) };
  const outcomes = createQueue<Outcome>();
  // The reading of the ids, and each model that is not done.
  let open = 1;
  let sourceError: { thrown: unknown } | undefined;
  let isLeft = false;
  const closeOne = () => {
    if (--open === 0) outcomes.end(sourceError);
  };

  /** Begins one model; resolves when its first exchange is over, so that the next may begin. */
  const begin = (modelId: string) =>
    new Promise<void>((resolve) => {
      const onReply: typeof options.onReply = (event) => {
        resolve();
        options.onReply?.(event);
      };
      open++;
      reloadModel(settings, wire, run, { ...options, modelId, onReply })
        .then(({ outcome }) => outcomes.put(outcome))
        .catch((thrown: unknown) => outcomes.end({ thrown }))
        .finally(() => {
          resolve();
          closeOne();
        });
    });

  const beginAll = async () => {
    const seen = new Set<unknown>();
    const beginning = new Set<Promise<void>>();
    for await (const id of readUntil(ids, run.halted)) {
      if (isLeft) return;
      if (seen.has(id)) continue;
      seen.add(id);
      const refused = refuse(settings, id);
      if (refused) {
        outcomes.put(refused);
        continue;
      }
      const begun = begin(id).then(() => void beginning.delete(begun));
      beginning.add(begun);
      if (beginning.size >= concurrency) await Promise.race(beginning);
    }
  };

  try {
    void beginAll()
      .catch((thrown: unknown) => {
        // Models that were begun still come to their end.
        sourceError = { thrown };
      })
      .finally(closeOne);
    yield* outcomes;
  } finally {
    // A reader who stops reading wants no more requests, and no more ids read.
    isLeft = true;
    run.abort();
    run.close();
  }
}

/** The outcome of an id that is refused before anything is sent; null for one that can be asked about. */
function refuse(settings: Settings, id: unknown): Outcome | null {
  try {
    checkModelId(id, settings.apiKey);
    return null;
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    const modelId = settings.redact(typeof id === 'string' ? id : quote(id));
    return { ...initialOutcome(modelId, settings.clock.now()), error: toOutcomeError(error) };
  }
}

/**
 * Reads the ids. A list that is there as a whole is read to its end, whatever happens: each id gets
 * its outcome. One that comes bit by bit is let go when the run ends, since it may never go on.
 */
async function* readUntil(ids: ModelIds, halted: Latch): AsyncGenerator<string, void, undefined> {
  if (Symbol.iterator in ids) {
    yield* ids;
    return;
  }
  const iterator = ids[Symbol.asyncIterator]();
  let isOver = false;
  // Like a loop, it takes an iterator whose methods give no promises.
  const next = async () => {
    isOver = true;
    const result = await iterator.next();
    isOver = result.done === true;
    return result;
  };
  try {
    for (;;) {
      const result = await halted.race(next());
      if (result === null) isOver = false;
      if (result === null || result.done === true) return;
      yield result.value;
    }
  } finally {
    if (!isOver) closeQuietly(iterator);
  }
}

function closeQuietly(iterator: AsyncIterator<unknown>): void {
  const close = async () => iterator.return?.();
  close().catch(() => {});
}
