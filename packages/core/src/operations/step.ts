import type { Driver } from '../drivers/driver.ts';
import { invalidArgument } from '../errors.ts';
import type { checkStepOptions } from '../options/check-options.ts';
import { isSavedWait, shiftTimes, type SavedWait } from '../state/saved-wait.ts';
import type { Step, StepState } from '../step.ts';
import { startOf, type ReloadCall } from './reload.ts';

/** Sends at most one request of a wait that is kept outside this process. */
export async function step(
  { time, ...driver }: Driver,
  call: ReloadCall & Pick<ReturnType<typeof checkStepOptions>, 'onSend'>,
  state: unknown,
): Promise<Step> {
  const { modelId, signal, onReply, onSend } = call;
  const known = state ?? null;
  if (known !== null && !isSavedWait(known, modelId)) {
    throw invalidArgument(
      'The state is not one that `step` returned for this model.',
      'Pass the last `state` of this model unchanged, or none to begin.',
    );
  }
  // A saved time is on the wall clock, because another process has another monotonic clock.
  const { now, wall } = time.moment();
  const toWall = wall - now;
  const publish = (saved: SavedWait): StepState => shiftTimes(saved, toWall);
  const saved = known && shiftTimes(known, -toWall);
  const start = { ...startOf(time, call), isStep: true };
  const result = await driver.run(start, {
    signal,
    onReply,
    onSend: onSend && ((sent) => onSend(publish(sent))),
    saved,
  });
  if (result.step === null) throw new Error('A step has no state.');
  const { nextAt, pauseMs } = result.step;
  return {
    state: publish(result.step.saved),
    outcome: result.outcome,
    nextInMs: nextAt === null ? null : Math.max(0, Math.ceil(nextAt - time.now())),
    nextAt: nextAt === null ? null : new Date(Math.ceil(nextAt + toWall)).toISOString(),
    pauseMs: pauseMs === null ? null : Math.ceil(pauseMs),
  };
}
