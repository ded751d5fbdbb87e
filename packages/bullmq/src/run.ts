import { ReloadError, type Client, type ReplyEvent } from '@modelslab-reload/core';
import { endsAllCalls } from '@modelslab-reload/core/engine';
import type { Progress } from './progress.ts';
import { jobId } from './names.ts';
import type { Jobs, RunningJob } from './queue.ts';

/** A job has no deadline of its own: it ends when nobody waits. */
const NO_DEADLINE_MS = 24 * 24 * 3_600_000;
/** How long the first model in line is tried alone. */
const TRIAL_MS = 1000;
/** No load is known to take less; in tests with a short `pollIntervalMs` they do. */
const YOUNG_MS = 60_000;

export interface RunContext {
  client: Pick<Client, 'step' | 'listTrainedModels'>;
  jobs: Pick<Jobs, 'find' | 'lineMs' | 'closeLine' | 'admitNext' | 'drain'>;
  /** The last progress of the fleet's jobs. */
  memory: Map<string, Progress>;
  /** Replaces the schedule of polls; null keeps it. */
  pollIntervalMs: number | null;
  /** Milliseconds after which a job ends unless somebody has asked for it. */
  leaseMs: number;
  /** Aborts when this process closes its client. */
  closing: AbortSignal;
}

/**
 * Runs a job once: sends at most one request, saves the state, and sends it to all processes.
 *
 * @returns the milliseconds until the next run; null at the end of the job
 */
export async function run(job: RunningJob, context: RunContext): Promise<number | null> {
  const { client, jobs, leaseMs, closing } = context;
  const { modelId, imagePrompt, imageBaseModel } = job.subject;
  let { progress } = job;
  const publish = async (change: Partial<Progress>) => {
    progress = { ...progress, events: [], ...change, sequence: progress.sequence + 1 };
    await job.publish(progress);
  };
  const notes = await job.takeNotes();
  if (notes.includes('again')) {
    // A wait until 'accepted' ends while the model loads.
    const isAccepted = progress.isAccepted && progress.end?.outcome?.status === 'processing';
    progress = { ...progress, startedAt: null, requests: 0, end: null, isAccepted };
  }
  // The process that saved the end stopped before it could finish the job.
  if (progress.end) return null;
  const now = Date.now();
  const wanted = notes.filter((note) => wantedAt(note) > now - leaseMs);
  if (wanted.length > 0) {
    const until = wanted.some((note) => note.endsWith('success')) ? 'success' : 'accepted';
    progress = { ...progress, until, wantedAt: now };
  } else if (!notes.includes('resumed') && now - progress.wantedAt > leaseMs) return null;

  const mayBegin = progress.isAccepted || notes.includes('admitted');
  let lineMs = mayBegin ? 0 : await jobs.lineMs();
  if (progress.held && !mayBegin && lineMs === 0) {
    // A model that has loaded unnoticed would lose its place to this one.
    const youngMs = Math.min(YOUNG_MS, context.pollIntervalMs ?? YOUNG_MS);
    lineMs = msUntilPollOfOldLoad(context.memory.values(), now, youngMs);
    if (lineMs > 0) await jobs.closeLine(lineMs);
  }
  if (lineMs > 0) {
    // The model that was rejected tries again first.
    const nextInMs = lineMs + (progress.held === 'rejected' ? 0 : TRIAL_MS);
    const waiting = { type: 'waiting', modelId: modelId ?? '', reason: 'line', nextInMs } as const;
    await publish({ held: progress.held ?? 'line', nextAt: now + nextInMs, events: [waiting] });
    return nextInMs;
  }

  if (modelId === null) {
    const end = await list(client, closing);
    if (closing.aborted) return 0;
    if (end.error && endsAllCalls(end.error)) await jobs.drain();
    await publish({ end });
    return null;
  }

  if (imagePrompt !== null && progress.startedAt === null) {
    // An image check begins with what is known of its model, which has just succeeded.
    const reload = await jobs.find(jobId({ modelId, imagePrompt: null }));
    progress = { ...progress, state: reload?.progress?.state ?? null };
  }
  const goal =
    imagePrompt === null
      ? { until: progress.until, maxAgeMs: 0 }
      : {
          until: 'image' as const,
          imagePrompt,
          imageBaseModel: imageBaseModel || undefined,
          maxAgeMs: NO_DEADLINE_MS,
        };
  const events: ReplyEvent[] = [];
  const { state, outcome, nextInMs, pauseMs } = await client.step(modelId, progress.state, {
    ...goal,
    timeoutMs: NO_DEADLINE_MS,
    signal: closing,
    onReply: (event) => events.push(event),
    onSend: (sent) =>
      publish({
        state: sent,
        nextAt: null,
        startedAt: progress.startedAt ?? now,
        requests: progress.requests + 1,
      }),
  });
  const isAccepted =
    progress.isAccepted ||
    events.some((event) => event.type === 'reply' && event.status !== 'error');
  const isClosing = closing.aborted && outcome?.error?.code === 'aborted';
  const isRejected = pauseMs !== null && !isAccepted;
  // Twice, because the end of a load makes room before that.
  const closedMs = 2 * (pauseMs ?? 0);
  const waitMs = isRejected ? closedMs : nextInMs;
  if (closedMs > (await jobs.lineMs())) await jobs.closeLine(closedMs);
  if (outcome?.error && endsAllCalls(outcome.error)) await jobs.drain();
  await publish({
    state,
    isAccepted,
    held: isRejected ? 'rejected' : null,
    nextAt: Date.now() + (waitMs ?? 0),
    events,
    end: isClosing || !outcome ? null : { outcome, ids: null, error: outcome.error },
  });
  if (isClosing) return 0;
  await job.rank(isAccepted && !outcome);
  if (outcome) await jobs.admitNext();
  return waitMs;
}

/** Returns the milliseconds until a model is polled that may have loaded since its last poll; 0 if there is none. */
function msUntilPollOfOldLoad(known: Iterable<Progress>, now: number, youngMs: number): number {
  let ms = 0;
  for (const { isAccepted, end, startedAt, nextAt } of known) {
    const isOld = isAccepted && !end && startedAt !== null && now - startedAt > youngMs;
    // One that nobody polls any more does not count.
    if (isOld && nextAt !== null && nextAt > now) ms = Math.max(ms, nextAt - now + TRIAL_MS);
  }
  return ms;
}

/** Returns when a caller waited; NaN for another note. */
function wantedAt(note: string): number {
  return Date.parse(/^(\S+) wanted/.exec(note)?.[1] ?? '');
}

/** Returns the account's trained models. The request has the slot of its job, retries included. */
async function list(client: RunContext['client'], signal: AbortSignal) {
  try {
    const ids = await client.listTrainedModels({ signal });
    return { outcome: null, ids, error: null };
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    const { code, message, hint, httpStatus, retryAfterMs } = error;
    return { outcome: null, ids: null, error: { code, message, hint, httpStatus, retryAfterMs } };
  }
}
