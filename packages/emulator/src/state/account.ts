import type { RecordedRequest } from '../http/types.ts';
import type { ResolvedOptions } from '../options.ts';
import { createModel, type Model } from './model.ts';

export type Account = ReturnType<typeof createAccount>;

/** Creates the account: its models, its open requests, and its limits. */
export function createAccount(options: ResolvedOptions) {
  const { clock, queue, queueLimit, repeat, spamWindow, spamWindowMs } = options;
  const models = new Map<string, Model>();
  const open = new Set<RecordedRequest>();
  const spamWindowStarts = new Map<string, number>();

  /** Returns the model with that id. A new id creates a model. */
  function getModel(modelId: string): Model {
    const model = models.get(modelId) ?? createModel(options, modelId);
    models.set(modelId, model);
    return model;
  }

  function countQueued(): number {
    if (queue === 'open') return open.size;
    const requested = new Set([...open].map(({ modelId }) => modelId));
    const loadingAlone = [...models].filter(
      ([modelId, model]) => model.state === 'loading' && !requested.has(modelId),
    );
    return open.size + loadingAlone.length;
  }

  for (const modelId of options.loaded) getModel(modelId).load(0);

  return {
    getModel,
    /** Returns when the load of a model ended, or null if it is not loaded. Does not create a model. */
    getLoadedSince: (modelId: string) => models.get(modelId)?.loadedSince ?? null,
    /** Returns false if the queue is full. Otherwise the request is open until it is released. */
    tryAcquire(request: RecordedRequest): boolean {
      open.add(request);
      if (countQueued() <= queueLimit) return true;
      open.delete(request);
      return false;
    },
    release(request: RecordedRequest): void {
      open.delete(request);
    },
    /**
     * Returns whether the spam filter accepts a reload call. Its window runs from the last accepted call, or, if it is
     * prolonged, from the last call of any kind.
     */
    passesSpamFilter(modelId: string): boolean {
      if (repeat !== 'refused') return true;
      const now = clock.now();
      const isAccepted = now - (spamWindowStarts.get(modelId) ?? -Infinity) >= spamWindowMs;
      if (isAccepted || spamWindow === 'prolonged') spamWindowStarts.set(modelId, now);
      return isAccepted;
    },
  };
}
