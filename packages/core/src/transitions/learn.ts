import { callsOf, type Change, type Event } from '../state/change.ts';
import { versionOf } from '../state/state.ts';
import { pickKnown } from '../state/saved-wait.ts';
import { subjectOf } from '../state/subject.ts';
import { expire, isAccepted } from '../targets/target.ts';
import { answer } from './join.ts';
import { watchLoad } from './line.ts';
import { keepIdle, targetFor } from './memory.ts';
import { applyReply } from './reply.ts';
import { openRequest } from './schedule.ts';

/** Takes over what another process has published about a target, unless this one knows more. */
export function learn(
  change: Change,
  { target: learned, isNews }: Event & { type: 'learn' },
): void {
  const { state, now } = change;
  const target = targetFor(state, subjectOf(learned));
  if (versionOf(learned) <= versionOf(target)) return;
  if (target.callers === 0) expire(change, target);
  const isFirst = !isAccepted(target);
  // Only one of the two versions may have its request open.
  const open = state.open.find(({ key }) => key === target.key);
  state.open = state.open.filter((one) => one !== open);
  target.request = null;
  const { replied } = learned;
  const isOpen = replied?.request !== learned.sent;
  if (isOpen) openRequest(change, target);
  Object.assign(target, pickKnown(learned));
  if (replied && isNews && !isOpen) {
    const { reply, failure } = replied;
    const sent = open ?? { number: ++state.sent, key: target.key, sentAt: now, isFirst };
    applyReply(change, sent, { target, reply, failure });
  } else if (!isNews) {
    for (const call of callsOf(state, target)) answer(change, call);
  }
  if (target.callers > 0) change.touched.add(target);
  else {
    watchLoad(change, target);
    keepIdle(change, target);
  }
}
