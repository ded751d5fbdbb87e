import type { Change } from '../state/change.ts';
import { pickCall, pickKnown, type SavedWait } from '../state/saved-wait.ts';
import type { Call } from '../state/call.ts';
import { createReload, type Known, type Target } from '../state/state.ts';
import { requestIntervalMs } from '../targets/interval.ts';
import { isAccepted } from '../targets/target.ts';
import { add, imageKey, listKey, reloadKey, type KeyParts } from './memory.ts';

type Situation = Pick<Change, 'state' | 'now' | 'rules'>;

/** Returns a copy of what is known of a call's model, and of the call unless it has ended. */
export function saveWait(change: Change, call: Call, hasEnded: boolean): SavedWait {
  const isOpen = change.state.targets[call.target]?.request != null;
  const requests = call.seen.requests + (isOpen ? 1 : 0);
  const own = hasEnded ? null : pickCall({ ...call, seen: { ...call.seen, requests } });
  return saveKnown(change, call, own);
}

/** Returns a copy of what is known of a model. */
export function saveKnown(
  change: Situation,
  parts: KeyParts,
  call: SavedWait['call'] = null,
): SavedWait {
  const { targets, key, line, pause } = change.state;
  const modelId = parts.modelId ?? '';
  const image = targets[imageKey(parts)];
  const list = targets[listKey(parts)];
  const saved = {
    v: 1,
    modelId,
    call,
    reload: saveTarget(change, targets[reloadKey(parts)] ?? createReload(modelId)),
    image: image ? saveTarget(change, image) : null,
    list: list && parts.modelId === null ? saveTarget(change, list) : null,
    key: { isAccepted: key.isAccepted, isDoubted: key.doubtedAfter !== null },
    rejections: { line: line.rejections.count, pause: pause.rejections.count },
  };
  return JSON.parse(JSON.stringify(saved));
}

/** Returns a target as it is for the next process, with the account's waits as its own. */
function saveTarget({ state, now, rules }: Situation, target: Known | Target): object {
  const { line, pause } = state;
  const isOpen = 'request' in target && target.request !== null;
  const openUntilAt = isOpen ? now + requestIntervalMs(rules) : 0;
  const nextAt = Math.max(target.nextAt, openUntilAt);
  const [untilAt, failure] = isAccepted(target)
    ? [pause.untilAt, pause.failure]
    : [line.closed?.notBeforeAt ?? 0, line.closed?.failure ?? null];
  const isAccounts = failure !== null && untilAt > Math.max(nextAt, now);
  const wait = isAccounts ? { nextAt: untilAt, requested: { failure, at: now } } : { nextAt };
  return { ...pickKnown(target), ...wait };
}

/** Adds what was saved to the state; returns whether the call goes on with it. */
export function restoreWait({ state }: Change, call: Call, saved: SavedWait): boolean {
  const { reload, image, list, key, rejections } = saved;
  // A step until another condition keeps what is known of the image.
  if (image && call.until !== 'image') {
    call.imagePrompt = image.prompt;
    call.imageBaseModel = image.baseModel;
  }
  add(state, reloadKey(call), reload);
  if (list) add(state, listKey(call), list);
  const isSameImage =
    image !== null && image.prompt === call.imagePrompt && image.baseModel === call.imageBaseModel;
  if (isSameImage) add(state, imageKey(call), image);
  if (key.isAccepted && !state.key.isAccepted) {
    state.key = { isAccepted: true, doubtedAfter: key.isDoubted ? state.sent : null };
  }
  const { line, pause } = state;
  line.rejections.count = Math.max(line.rejections.count, rejections.line);
  pause.rejections.count = Math.max(pause.rejections.count, rejections.pause);
  if (saved.call === null) return false;
  Object.assign(call, pickCall(saved.call), { begunAt: saved.call.startedAt });
  call.isChecking &&= call.until === 'image' && isSameImage;
  return true;
}
