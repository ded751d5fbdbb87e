import {
  endsAllCalls,
  MAX_ACCEPTANCE_AGE_MS,
  type SharedClient,
} from '@modelslab-reload/core/engine';
import type { Jobs, RunningJob } from './queue.ts';

/** How long the model in line that was rejected is tried alone. */
const TRIAL_MS = 1000;

/**
 * Runs a job once: sends at most one request, and publishes what is known then.
 *
 * @param leaseMs milliseconds after which a job ends unless a call has asked for it
 * @returns the milliseconds until the next run; null at the end of the job
 */
export async function run(
  job: RunningJob,
  shared: SharedClient,
  jobs: Pick<Jobs, 'admitNext' | 'drain'>,
  leaseMs: number,
): Promise<number | null> {
  const { subject, progress, wantedAt } = job;
  const now = Date.now();
  if (now - wantedAt > leaseMs) return null;
  // The core forgets an acceptance that is so old: the model must begin again.
  const isForgotten =
    subject.imagePrompt === null && now - (progress.nextAt ?? now) > MAX_ACCEPTANCE_AGE_MS;
  if (isForgotten) await job.rank(false);
  const mayBegin = job.mayBegin && !isForgotten;

  const lineMs = shared.waitMs(mayBegin);
  if (lineMs > 0) {
    const held = mayBegin ? null : (progress.held ?? 'line');
    // The model that was rejected tries again first.
    const nextInMs = lineMs + (held === 'line' ? TRIAL_MS : 0);
    await job.publish({ ...progress, held, nextAt: now + nextInMs });
    return nextInMs;
  }

  const { state, nextInMs, isAccepted, isRejected, failure } = await shared.exchange(
    subject,
    progress.state,
    (sent) => job.publish({ state: sent, held: null, nextAt: null }),
  );
  const held = isRejected ? 'rejected' : null;
  await job.publish({ state, held, nextAt: Date.now() + (nextInMs ?? 0) });
  // This process closes its client.
  if (failure?.code === 'aborted') return 0;
  if (failure && endsAllCalls(failure)) await jobs.drain();
  await job.rank(isAccepted);
  // The end of a load makes room for another.
  if (nextInMs === null) await jobs.admitNext();
  return nextInMs;
}
