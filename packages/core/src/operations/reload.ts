import type { Time } from '../drivers/time.ts';
import type { ReloadOptions } from '../options.ts';
import type { Checked, RELOAD } from '../options/check-options.ts';
import type { CallStart } from '../state/call.ts';

/** One call about one model: its id, and its options with their defaults. */
export interface ReloadCall extends Checked<ReloadOptions, typeof RELOAD> {
  modelId: string;
  maxAgeMs: number;
}

/** Returns how a call joins the others. */
export function startOf(
  time: Time,
  { modelId, until, maxAgeMs, timeoutMs, imagePrompt, imageBaseModel, onReply }: ReloadCall,
): CallStart {
  const { now, wall } = time.moment();
  return {
    modelId,
    until,
    maxAgeMs,
    timeoutMs,
    imagePrompt,
    imageBaseModel: imageBaseModel ?? '',
    hasListener: onReply !== undefined,
    startedAt: now,
    startedWall: wall,
  };
}
