import type { Account } from './account.ts';
import type { Answer, EmulatorReply } from './exchange.ts';
import type { Model } from './model.ts';
import { loadTimeOf, type Settings } from './options.ts';
import { accepted, reloaded, reloading, spamFiltered } from './replies.ts';
import { specialModel } from './special-models.ts';

/** The reload call of one account: it keeps what the special models remember. */
export function reloadCall(settings: Settings, account: Account) {
  const calls = new Map<string, { count: number; at: number }>();

  return async (modelId: string, signal: AbortSignal): Promise<Answer> => {
    if (!account.passesSpamFilter(modelId)) return spamFiltered(settings.spamWindowMs);

    const model = account.model(modelId);
    const touch = (): void => touchModel(model, modelId, settings);
    const normally = (): Promise<EmulatorReply> => {
      touch();
      return replyOf(model, settings, signal);
    };
    const special = specialModel(modelId);
    if (special === undefined) return normally();

    const now = settings.clock.now();
    const before = calls.get(modelId) ?? { count: 0, at: -Infinity };
    const nth = before.count + 1;
    calls.set(modelId, { count: nth, at: now });
    const sincePreviousMs = now - before.at;
    return special.answer({ settings, model, nth, sincePreviousMs, touch, normally });
  };
}

function touchModel(model: Model, modelId: string, settings: Settings): void {
  const { reloadCounts, repeat } = settings;
  const { state } = model;
  if (state === 'loaded') {
    if (reloadCounts) model.use();
  } else if (state === 'unloaded' || repeat === 'restarts') {
    model.load(loadTimeOf(settings, modelId));
  }
}

async function replyOf(
  model: Model,
  settings: Settings,
  signal: AbortSignal,
): Promise<EmulatorReply> {
  if (settings.success === 'accepted') return accepted;
  if (settings.success === 'blocking') await model.loadingEnds(signal);
  return model.state === 'loading' ? reloading : reloaded;
}
