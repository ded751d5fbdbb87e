import { DelayedError, getDefaultBackendFactory, withBackend } from 'bullmq';
import type { BackendFactory, IQueueBackend, Job } from 'bullmq';
import type { Progress, Subject } from './progress.ts';

/** Another process takes a job over if its lock was not renewed for this long; checked this often. */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 10_000;
/** How long an idle worker blocks before it checks the queue again. */
const DRAIN_DELAY_S = 10;
/** A finished job is the memory of its model. */
const MEMORY = { age: 7 * 24 * 3600, count: 10_000 };
const MAX_NOTES = 200;
/** Polls of accepted models come before models that begin. */
const POLL = { priority: 0 };
const BEGINNING = { priority: 1 };
const RETRY_MS = 1000;
/** How long `close` waits to find out whether the queue can be reached. */
const CLOSE_MS = 1000;

/** Where BullMQ keeps the queue. */
export interface QueueHost<Connection> {
  connection: Connection;
  backend: AnyBackend<Connection> | undefined;
}

/** BullMQ's factory of a backend, in a form that also fits projects without the types of Node. */
export type AnyBackend<Connection> = (
  ...options: Parameters<BackendFactory<IQueueBackend, Connection>>
) => unknown;

/** What one process does with the queue. */
export interface QueueSettings {
  /** Jobs that run at a time, in the whole fleet. */
  concurrency: number;
  /** Runs a job once; returns the milliseconds until its next run, or null at its end. */
  run(job: RunningJob): Promise<number | null>;
  onProgress(id: string, progress: Progress): void;
  onError(error: unknown): void;
}

/** The jobs of a fleet. Its functions reject, or wait, if the queue cannot be reached. */
export type Jobs = ReturnType<typeof connect>;
/** A job while this process runs it. */
export type RunningJob = ReturnType<typeof toRunning>;

interface JobData {
  subject: Subject;
  /** Until the first run. */
  progress: Progress;
}

/** Connects to a queue and runs its jobs. */
export function connect<Connection>(
  name: string,
  { connection, backend }: QueueHost<Connection>,
  settings: QueueSettings,
) {
  const { concurrency } = settings;
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
  const onError = (error: unknown) => settings.onError(error);
  queue.on('error', onError);
  events.on('error', onError);
  for (const worker of workers) worker.on('error', onError);
  events.on('progress', ({ jobId: id, data }) => {
    if (isProgress(data)) settings.onProgress(id, data);
  });

  async function work(job: Job<JobData>, token = ''): Promise<null> {
    // No error of this package may fail a job.
    const delayMs = await settings.run(toRunning(job, token, notesOf)).catch((error: unknown) => {
      onError(error);
      return RETRY_MS;
    });
    if (delayMs === null) return null;
    await job.moveToDelayed(Date.now() + Math.ceil(delayMs), token);
    throw new DelayedError();
  }

  const notesOf = async (id: string) => (await queue.getJobLogs(id)).logs;
  const note = (id: string, text: string) => queue.addJobLog(id, text, MAX_NOTES);

  return {
    async find(id: string) {
      const job = await queue.getJob(id);
      return job ? { progress: progressOf(job), isFinished: Boolean(job.finishedOn) } : null;
    },
    /** Adds a job unless there is one. */
    async add(id: string, subject: Subject, progress: Progress) {
      // Each time, because a queue that has lost its data has lost this too.
      await queue.setGlobalConcurrency(concurrency);
      const kept = { removeOnComplete: MEMORY, removeOnFail: MEMORY };
      const title = subject.modelId ?? 'trained models';
      await queue.add(title, { subject, progress }, { jobId: id, ...kept, ...BEGINNING });
    },
    /** Leaves a note for the next run of a job. */
    note,
    /** Runs a finished job again, unless it has run since `seen`. */
    async rerun(id: string, seen: Progress | null) {
      const job = await queue.getJob(id);
      const last = job ? progressOf(job) : null;
      if (!job?.finishedOn || last?.sequence !== seen?.sequence) return;
      await note(id, last?.end ? 'again' : 'resumed');
      // It fails if another process was faster.
      await job.retry(job.failedReason ? 'failed' : 'completed').catch(() => {});
    },
    /** Returns for how many milliseconds no model may begin. BullMQ only keeps this time, because no `limiter` is set. */
    lineMs: async () => Math.max(0, await queue.getRateLimitTtl()),
    closeLine: (ms: number) => queue.rateLimit(Math.ceil(ms)),
    /** Lets the first model in line begin, if there is a line. */
    async admitNext() {
      if ((await queue.getRateLimitTtl()) <= 0) return;
      for (const job of await queue.getDelayed(0, 99)) {
        if (!progressOf(job)?.held) continue;
        await note(job.id ?? '', 'admitted');
        const isPromoted = await job.promote().then(
          () => true,
          () => false,
        );
        if (isPromoted) return;
      }
    },
    /** Wakes the workers. BullMQ wakes none for a job that became due while all slots were taken by another process. */
    async wake() {
      if (!(await queue.isPaused())) await queue.resume();
    },
    /** Removes the jobs that neither run nor are finished. */
    drain: () => queue.drain(true),
    async close() {
      const isReachable = await Promise.race([
        queue.isPaused().then(
          () => true,
          () => false,
        ),
        new Promise((resolve) => {
          setTimeout(resolve, CLOSE_MS, false).unref();
        }),
      ]);
      // A connection that is not open would neither answer nor end.
      const isForced = isReachable !== true;
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

function toRunning(job: Job<JobData>, token: string, notesOf: (id: string) => Promise<string[]>) {
  return {
    subject: job.data.subject,
    progress: progressOf(job) ?? job.data.progress,
    /** Returns the notes since the previous run. */
    async takeNotes() {
      const notes = await notesOf(job.id ?? '');
      if (notes.length > 0) await job.clearLogs();
      return notes;
    },
    /** Saves the progress and sends it to all processes. Rejects if another process has taken the job over. */
    async publish(progress: Progress) {
      if ((await job.extendLock(token, LOCK_MS)) !== 1) throw new Error('The job was taken over.');
      await job.updateProgress(progress);
    },
    async rank(isPoll: boolean) {
      const rank = isPoll ? POLL : BEGINNING;
      if (job.priority !== rank.priority) await job.changePriority(rank);
    },
  };
}

const progressOf = ({ progress }: Job<JobData>) => (isProgress(progress) ? progress : null);

/** Returns whether a value is the progress of a job that has run; before, it is a number. */
function isProgress(value: unknown): value is Progress {
  return typeof value === 'object' && value !== null && 'sequence' in value;
}
