import type { Driver } from '../drivers/driver.ts';
import { invalidArgument } from '../errors.ts';
import type { StepOptions } from '../options.ts';
import { isSavedWait, shiftTimes, type SavedWait } from '../state/saved-wait.ts';
import type { Step, StepState } from '../outcome.ts';
import { startOf, type ReloadCall } from './reload.ts';

/** Sends at most one request of a wait that is kept outside this process. */
export async function step(
  { time, ...driver }: Driver,
  call: ReloadCall & Pick<StepOptions, 'onSend'>,
  state: unknown,
): Promise<Step> {
  const { modelId, signal, onReply, onSend } = call;
  const { saved, publish, toWall } = openWait(time, modelId, state ?? null);
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
    nextAt: nextAt === null ? null : new Date(Math.ceil(nextAt + toWall())).toISOString(),
    pauseMs: pauseMs === null ? null : Math.ceil(pauseMs),
  };
}

/**
 * Opens a saved wait. Its times are on the wall clock, because another process has another monotonic clock.
 *
 * @returns it on this client's clock, and a function that converts one for saving
 * @throws {ReloadError} `invalid_argument` for anything else
 */
export function openWait(time: Driver['time'], modelId: string | null, state: unknown) {
  if (state !== null && !isSavedWait(state, modelId ?? '')) {
    throw invalidArgument(
      'The state is not one that `step` returned for this model.',
      'Pass the last `state` of this model unchanged, or none to begin.',
    );
  }
  const { toWall, read, publish } = convertTimes(time);
  return { saved: state && read(state), publish, toWall };
}

/** Returns how a saved wait is read on this client's clock, and published on the wall clock, which may be set meanwhile. */
export function convertTimes(time: Driver['time']) {
  const toWall = () => {
    const { now, wall } = time.moment();
    return wall - now;
  };
  return {
    toWall,
    read: (state: SavedWait) => shiftTimes(state, -toWall()),
    publish: (saved: SavedWait): StepState => shiftTimes(saved, toWall()),
  };
}
