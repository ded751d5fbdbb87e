import type { Change } from '../state/change.ts';
import { createImage, createList, createOwn, createReload } from '../state/state.ts';
import type { Call } from '../state/call.ts';
import type {
  ImageTarget,
  Known,
  ListTarget,
  Own,
  ReloadTarget,
  State,
  Target,
} from '../state/state.ts';
import { subjectOf, type Subject } from '../state/subject.ts';
import { requestIntervalMs } from '../targets/interval.ts';
import { endLoad, leaveLine, watchLoad } from './line.ts';

/** Maximum number of idle targets to keep. */
const MAX_IDLE = 10_000;
/** Targets that are forgotten together, because finding the least recently used ones reads all keys. */
const FORGOTTEN_TOGETHER = 1000;

/** What the keys of a call's targets are made of. */
export type KeyParts = Pick<Call, 'scope' | 'modelId' | 'imagePrompt' | 'imageBaseModel'>;

// The prefix keeps an id such as `__proto__` from being a name of the object that has all targets.
export const reloadKey = ({ scope, modelId }: KeyParts) => `${scope}reload ${modelId}`;
export const imageKey = ({ scope, modelId, imagePrompt, imageBaseModel }: KeyParts) =>
  `${scope}image ${JSON.stringify([modelId, imagePrompt, imageBaseModel])}`;
export const listKey = ({ scope }: KeyParts) => `${scope}list`;

/** Returns the reload of a call's model. */
export function reloadOf(state: State, call: KeyParts): ReloadTarget {
  const key = reloadKey(call);
  const known = state.targets[key];
  return known?.kind === 'reload' ? known : add(state, key, createReload(call.modelId ?? ''));
}

/** Returns the image check of a call's model and prompt. */
export function imageOf(state: State, call: KeyParts): ImageTarget {
  const key = imageKey(call);
  const known = state.targets[key];
  if (known?.kind === 'image') return known;
  const { modelId, imagePrompt, imageBaseModel } = call;
  return add(state, key, createImage(modelId ?? '', imagePrompt, imageBaseModel));
}

/** Returns the list of trained models. */
export function listOf(state: State, call: KeyParts): ListTarget {
  const key = listKey(call);
  const known = state.targets[key];
  return known?.kind === 'list' ? known : add(state, key, createList());
}

/** Returns what the keys of a subject's targets are made of. */
export function keyPartsOf({ modelId, imagePrompt, imageBaseModel }: Subject): KeyParts {
  return { scope: '', modelId, imagePrompt: imagePrompt ?? '', imageBaseModel };
}

/** Returns the target of a subject. */
export function targetFor(state: State, subject: Subject): Target {
  const parts = keyPartsOf(subject);
  if (subject.modelId === null) return listOf(state, parts);
  return subject.imagePrompt === null ? reloadOf(state, parts) : imageOf(state, parts);
}

/** Adds a target. */
export function add<T extends Known>(state: State, key: string, known: T): T & Own {
  const target = { ...known, ...createOwn(key) };
  state.targets[key] = target;
  state.targetCount++;
  return target;
}

/** Gives up the open request of a target, which may have reached the server. */
export function giveUp(change: Change, number: number): void {
  const { state, now, rules } = change;
  const request = state.open.find((one) => one.number === number);
  const target = request && state.targets[request.key];
  state.open = state.open.filter((one) => one !== request);
  if (!target) return;
  target.request = null;
  target.place = null;
  target.nextAt = Math.max(target.nextAt, now + requestIntervalMs(rules));
  leaveLine(state, request, false);
}

/** Lets a call no longer wait for its target; the last one releases it. */
export function leaveTarget(change: Change, call: Call, isTimedOut: boolean): void {
  const target = change.state.targets[call.target];
  if (!target?.calls[call.id]) return;
  delete target.calls[call.id];
  if (!call.isAbsent) target.callers--;
  if (target.callers === 0) releaseTarget(change, target, isTimedOut);
}

/** Discards what only callers need, once the last one has left. */
export function releaseTarget(change: Change, target: Target, isTimedOut: boolean): void {
  const { state, effects } = change;
  const { request } = target;
  if (request !== null) {
    effects.push({ type: 'abort', request });
    giveUp(change, request);
  }
  target.place = null;
  target.waiting = null;
  if (isTimedOut) endLoad(state, target);
  else watchLoad(change, target);
  if (state.isFollower) {
    effects.push({ type: 'follow', subject: subjectOf(target), isFollowed: false });
  }
  keepIdle(change, target);
}

/** Keeps a target without callers as the most recently used one. */
export function keepIdle(change: Change, target: Target): void {
  const { state } = change;
  delete state.targets[target.key];
  state.targets[target.key] = target;
  if (state.targetCount <= MAX_IDLE) state.idled = 0;
  // Targets that must be kept would otherwise be read again each time.
  else if (state.idled++ % FORGOTTEN_TOGETHER === 0) forgetIdle(change);
}

/** Forgets the targets that were used least recently, except those that are needed to keep the limits. */
function forgetIdle({ state, now }: Change): void {
  let left = state.targetCount - MAX_IDLE + FORGOTTEN_TOGETHER;
  for (const [key, target] of Object.entries(state.targets)) {
    if (left-- === 0) return;
    if (Object.keys(target.calls).length > 0 || target.nextAt > now) continue;
    forget(state, key);
  }
}

/** Removes a target, so that its load no longer counts. */
export function forget(state: State, key: string): void {
  const target = state.targets[key];
  if (target === undefined) return;
  endLoad(state, target);
  delete state.targets[key];
  state.targetCount--;
}
