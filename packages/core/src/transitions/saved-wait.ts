import type { Change } from '../state/change.ts';
import { createReload, imageKey, reloadKey } from '../state/create.ts';
import { pickCall, type SavedWait } from '../state/saved-wait.ts';
import type { Call, Target } from '../state/state.ts';
import { requestIntervalMs } from '../targets/interval.ts';
import { isAccepted } from '../targets/target.ts';
import { lineOpensAt } from './line.ts';
import { add } from './memory.ts';

/** Returns a copy of what is known of a call's model, and of the call unless it has ended. */
export function saveWait(change: Change, call: Call, hasEnded: boolean): SavedWait {
  const { state } = change;
  const reload = state.targets[reloadKey(call)] ?? createReload('', call.modelId ?? '');
  const image = state.targets[imageKey(call)];
  const isOpen = state.targets[call.target]?.request != null;
  const { key, line, pause } = state;
  const saved = {
    v: 1,
    modelId: call.modelId ?? '',
    call: hasEnded ? null : { ...pickCall(call), requests: call.requests + (isOpen ? 1 : 0) },
    reload: saveTarget(change, reload),
    image: image ? saveTarget(change, image) : null,
    key: { isAccepted: key.isAccepted, isDoubted: key.doubtedAfter !== null },
    rejections: { line: line.rejections.count, pause: pause.rejections.count },
  };
  return JSON.parse(JSON.stringify(saved));
}

/** Returns a target as it is for the next process: without calls, and with the account's waits as its own. */
function saveTarget({ state, now, rules }: Change, target: Target): Target {
  const { pause, line } = state;
  let { nextAt, requested } = target;
  if (target.request !== null) nextAt = Math.max(nextAt, now + requestIntervalMs(rules));
  const { closed } = line;
  const wait = isAccepted(target)
    ? { untilAt: pause.untilAt, failure: pause.failure }
    : { untilAt: closed?.notBeforeAt ?? 0, failure: closed?.failure ?? null };
  if (wait.failure && wait.untilAt > Math.max(nextAt, now)) {
    nextAt = wait.untilAt;
    requested = { failure: wait.failure, at: now };
  }
  const own = {
    key: '',
    calls: {},
    callers: 0,
    request: null,
    waiting: null,
    place: null,
    wakeAt: null,
  };
  return { ...target, ...own, nextAt, requested, ...(target.kind === 'reload' && { load: null }) };
}

/** Adds what was saved to the state; returns whether the call goes on with it. */
export function restoreWait({ state }: Change, call: Call, saved: SavedWait): boolean {
  const { reload, image, key, rejections } = saved;
  // A step until another condition keeps what is known of the image.
  if (image && call.until !== 'image') {
    Object.assign(call, { imagePrompt: image.prompt, imageBaseModel: image.baseModel });
  }
  add(state, { ...reload, key: reloadKey(call) });
  const isSameImage =
    image !== null && image.prompt === call.imagePrompt && image.baseModel === call.imageBaseModel;
  if (isSameImage) add(state, { ...image, key: imageKey(call) });
  if (key.isAccepted && !state.key.isAccepted) {
    state.key = { isAccepted: true, doubtedAfter: key.isDoubted ? state.sent : null };
  }
  const { line, pause } = state;
  line.rejections.count = Math.max(line.rejections.count, rejections.line);
  pause.rejections.count = Math.max(pause.rejections.count, rejections.pause);
  if (saved.call === null) return false;
  Object.assign(call, saved.call);
  call.isChecking &&= call.until === 'image' && isSameImage;
  return true;
}

/** Returns how long no new model should begin because the account's queue is full, in milliseconds; else null. */
export function pauseMsOf({ state, now }: Change): number | null {
  const { closed } = state.line;
  if (closed === null) return null;
  const opensAt = lineOpensAt(state, now) ?? Math.max(closed.notBeforeAt, closed.tryAt, now + 1000);
  return opensAt > now ? opensAt - now : null;
}
