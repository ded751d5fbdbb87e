import type { Answer } from '../http/types.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Account } from '../state/account.ts';
import type { Model } from '../state/model.ts';
import { createJson, createSpamFiltered, RELOADED, RELOADING } from './replies.ts';
import { SPECIAL_MODELS } from './special-models.ts';

/** It must not mention loading, because in its scenario the reply does not reveal it. */
const ACCEPTED = createJson(200, { status: 'success', message: 'Model reload request accepted' });

/** Creates the reload call of one account. It remembers the calls for each special model. */
export function createReload(options: ResolvedOptions, account: Account) {
  const calls = new Map<string, { count: number; at: number }>();

  return async (modelId: string, signal: AbortSignal): Promise<Answer> => {
    if (!account.passesSpamFilter(modelId)) return createSpamFiltered(options);

    const model = account.getModel(modelId);
    const touch = () => touchModel(model, options);
    const replyNormally = async () => {
      let isLoading = touch();
      if (options.success === 'accepted') return ACCEPTED;
      if (options.success === 'blocking') {
        await model.waitUntilLoaded(signal);
        isLoading = model.state === 'loading';
      }
      return isLoading ? RELOADING : RELOADED;
    };
    const special = SPECIAL_MODELS.get(modelId);
    if (special === undefined) return replyNormally();

    const now = options.clock.now();
    const previous = calls.get(modelId) ?? { count: 0, at: -Infinity };
    const nth = previous.count + 1;
    calls.set(modelId, { count: nth, at: now });
    const sincePreviousMs = now - previous.at;
    return special.answer({ options, model, nth, sincePreviousMs, touch, replyNormally });
  };
}

/** Starts what a request starts. Returns whether the model is loading then. */
function touchModel(model: Model, options: ResolvedOptions): boolean {
  const { state } = model;
  if (state === 'unloaded' || (state === 'loading' && options.repeat === 'restarts')) {
    return model.load();
  }
  if (state === 'loaded' && options.reloadCounts) model.use();
  return state === 'loading';
}
