import { DelayedError, getDefaultBackendFactory, withBackend } from 'bullmq';
import type { Subject } from '@modelslab-reload/core/engine';
import type { BackendFactory, IQueueBackend, Job } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from './progress.ts';

/** Another process takes a job over if its lock was not renewed for this long; checked this often. */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 10_000;
/** How long an idle worker blocks before it checks the queue again. */
const DRAIN_DELAY_S = 10;
/** A finished job is the memory of its model. */
const MEMORY = { age: 7 * 24 * 3600, count: 10_000 };
/** Polls of accepted models come before models that begin. */
const POLL = { priority: 0 };
const BEGINNING = { priority: 1 };
const RETRY_MS = 1000;
/** How long `close` waits to find out whether the queue can be reached. */
const CLOSE_MS = 1000;

/** Where BullMQ keeps the queue. */
export interface QueueHost<Connection> {
  /** BullMQ's `connection`: options such as `{ url: 'redis://…' }`, or a client. */
  connection: Connection;
  /** BullMQ's factory of another backend, such as `createPostgresBackend`. Default: Redis or Valkey. */
  // In a form that also fits projects without the types of Node.
  backend?:
    | ((...options: Parameters<BackendFactory<IQueueBackend, Connection>>) => unknown)
    | undefined;
}

/** What one process does with the queue. */
export interface QueueSettings {
  /** Jobs that run at a time, in the whole fleet. */
  concurrency: number;
  /** Runs a job once; returns the milliseconds until its next run, or null at its end. */
  run(job: RunningJob): Promise<number | null>;
  onProgress(progress: Progress): void;
  onError: (error: unknown) => void;
}

/** The jobs of a fleet. Its functions reject, or wait, if the queue cannot be reached. */
export type Jobs = ReturnType<typeof connect>;
/** A job while this process runs it. */
export type RunningJob = ReturnType<typeof toRunning>;

interface JobData {
  subject: Subject;
  /** When a call was last known to wait, in milliseconds since 1970. Any process writes it, and only it. */
  wantedAt: number;
  /** Until the first run. */
  progress: Progress;
}

/** Connects to a queue and runs its jobs. */
export function connect<Connection>(
  name: string,
  { connection, backend }: QueueHost<Connection>,
  settings: QueueSettings,
) {
  const { concurrency, onError } = settings;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const factory = backend as BackendFactory<IQueueBackend, Connection> | undefined;
  const { Queue, QueueEvents, Worker } = withBackend(factory ?? getDefaultBackendFactory());
  const queue = new Queue<JobData>(name, { connection });
  const events = new QueueEvents(name, { connection });
  const options = {
    connection,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    // However many processes have crashed with it, the job goes on.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    drainDelay: DRAIN_DELAY_S,
  };
  // One for each slot: a worker that fills several forgets when the next delayed job is due.
  const workers = Array.from(
    { length: concurrency },
    (_, n) => new Worker<JobData>(name, work, { ...options, skipStalledCheck: n > 0 }),
  );
  queue.on('error', onError);
  events.on('error', onError);
  for (const worker of workers) worker.on('error', onError);
  events.on('progress', ({ data }) => {
    if (isProgress(data)) settings.onProgress(data);
  });

  async function work(job: Job<JobData>, token = ''): Promise<null> {
    // No error of this package may fail a job.
    const delayMs = await settings.run(toRunning(job, token)).catch((error: unknown) => {
      onError(error);
      return RETRY_MS;
    });
    if (delayMs === null) return null;
    await job.moveToDelayed(Date.now() + Math.ceil(delayMs), token);
    throw new DelayedError();
  }

  return {
    async find(id: string) {
      const job = await queue.getJob(id);
      if (!job) return null;
      const isFinished = Boolean(job.finishedOn);
      return {
        progress: progressOf(job),
        isFinished,
        /** Records that a call waits, and runs a finished job again. */
        async want() {
          await job.updateData({ ...job.data, wantedAt: Date.now() });
          // It fails if another process was faster.
          if (isFinished)
            await job.retry(job.failedReason ? 'failed' : 'completed').catch(() => {});
        },
      };
    },
    /** Adds a job unless there is one. */
    async add(id: string, subject: Subject, progress: Progress) {
      // Each time, because a queue that has lost its data has lost this too.
      await queue.setGlobalConcurrency(concurrency);
      const data = { subject, wantedAt: Date.now(), progress };
      const kept = { removeOnComplete: MEMORY, removeOnFail: MEMORY };
      // An image check does not wait in line.
      const rank = subject.imagePrompt === null ? BEGINNING : POLL;
      await queue.add(subject.modelId ?? 'trained models', data, { jobId: id, ...kept, ...rank });
    },
    /** Lets the first model in line begin. */
    async admitNext() {
      for (const job of await queue.getDelayed(0, 99)) {
        if (!progressOf(job)?.held) continue;
        await job.changePriority(POLL);
        // It fails if the job has become due.
        if ((await job.promote().catch(() => null)) !== null) return;
      }
    },
    /** Wakes the workers. BullMQ wakes none for a job that became due while all slots were taken by another process. */
    async wake() {
      if (!(await queue.isPaused())) await queue.resume();
    },
    /** Removes the jobs that neither run nor are finished. */
    drain: () => queue.drain(true),
    async close() {
      const answer = queue.isPaused().catch(() => null);
      const tooLate = sleep(CLOSE_MS, null, { ref: false });
      // A connection that is not open would neither answer nor end.
      const isForced = (await Promise.race([answer, tooLate])) === null;
      const others = [events, queue];
      const ended = Promise.allSettled([
        ...(isForced ? others.map((part) => part.getBackend().close(true)) : []),
        ...workers.map((worker) => worker.close(isForced)),
        ...others.map((part) => part.close()),
      ]);
      if (!isForced) await ended;
    },
  };
}

function toRunning(job: Job<JobData>, token: string) {
  return {
    subject: job.data.subject,
    wantedAt: job.data.wantedAt,
    progress: progressOf(job) ?? job.data.progress,
    /** Whether it need not wait in line. */
    mayBegin: job.priority === POLL.priority,
    /** Saves the progress and sends it to all processes. Rejects if another process has taken the job over. */
    async publish(progress: Progress) {
      if ((await job.extendLock(token, LOCK_MS)) !== 1) throw new Error('The job was taken over.');
      await job.updateProgress(progress);
    },
    /** Sets its priority from now on. */
    async rank(isPoll: boolean) {
      const rank = isPoll ? POLL : BEGINNING;
      if (job.priority !== rank.priority) await job.changePriority(rank);
    },
  };
}

const progressOf = ({ progress }: Job<JobData>) => (isProgress(progress) ? progress : null);

/** Returns whether a value is the progress of a job that has run; before, it is a number. */
function isProgress(value: unknown): value is Progress {
  return typeof value === 'object' && value !== null && 'held' in value;
}
