import { createSharedClient, type Runtime, type Subject } from '@modelslab-reload/core/engine';
import { jobId, queueName } from './names.ts';
import type { Jobs, QueueSettings } from './queue.ts';
import { run } from './run.ts';

/** How long a job is polled after the last call has ended, in milliseconds; two intervals if that is shorter. */
const MAX_LEASE_MS = 15_000;
const MIN_LEASE_MS = 6000;
const LOOKS_PER_LEASE = 3;
/** A connection that is not open waits instead of failing. */
const NO_REPLY_MS = 1000;

/** A job that calls of this process wait for. */
interface Followed {
  subject: Subject;
  /** Whether this process has found it in the queue, or has added it. */
  isKnown: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Lets the calls of this process follow jobs of the fleet, and runs jobs. */
export function joinFleet(
  connectTo: (name: string, settings: QueueSettings) => Jobs,
  ...host: Parameters<Runtime['createDriver']>
) {
  const [{ apiKey, baseUrl, concurrency, pollIntervalMs, redact }] = host;
  const intervalsMs = 2 * (pollIntervalMs ?? Infinity);
  const leaseMs = Math.min(Math.max(intervalsMs, MIN_LEASE_MS), MAX_LEASE_MS);
  const lookMs = leaseMs / LOOKS_PER_LEASE;
  const followed = new Map<string, Followed>();
  let wokenAt = 0;
  let lastError = 'no reply';

  const shared = createSharedClient(...host, (subject, isFollowed) => {
    const id = jobId(subject);
    clearTimeout(followed.get(id)?.timer);
    followed.delete(id);
    if (!isFollowed) return;
    const one = { subject, isKnown: false, timer: undefined };
    followed.set(id, one);
    void look(id, one);
  });
  const jobs = connectTo(queueName(apiKey, baseUrl), {
    concurrency,
    run: (job) => run(job, shared, jobs, leaseMs),
    onProgress: ({ state }) => shared.learn(state, true),
    onError(error) {
      if (error instanceof Error) lastError = error.message;
    },
  });

  const report = () => shared.setFault(redact(`Redis cannot be reached: ${lastError}`));

  /** Looks at a job, now and every few seconds, because an event may be lost, and so may the job. */
  const look = async (id: string, one: Followed) => {
    const noReply = setTimeout(report, NO_REPLY_MS);
    try {
      await keep(id, one);
      shared.setFault(null);
    } catch (error) {
      lastError = String(error instanceof Error ? error.message : error);
      report();
    }
    clearTimeout(noReply);
    if (followed.get(id) === one) one.timer = setTimeout(() => void look(id, one), lookMs);
  };

  /** Takes over what a job has published, and keeps it in the queue while calls wait for it. */
  const keep = async (id: string, one: Followed) => {
    const job = await jobs.find(id);
    if (job?.progress) shared.learn(job.progress.state, one.isKnown);
    if (followed.get(id) !== one) return;
    const now = Date.now();
    const first = { state: shared.save(one.subject), nextAt: now, held: null };
    await (job ? job.want() : jobs.add(id, one.subject, first));
    const dueAt = job?.progress ? job.progress.nextAt : one.isKnown ? 0 : null;
    one.isKnown = true;
    if (job?.isFinished || dueAt === null || dueAt > now - lookMs) return;
    shared.informOfSlot(one.subject);
    if (wokenAt > now - lookMs) return;
    wokenAt = now;
    await jobs.wake();
  };

  return {
    driver: shared.driver,
    close() {
      shared.close();
      return jobs.close();
    },
  };
}
