import { randomUUID } from 'node:crypto';
import type { Client, Driver, OutcomeError, Until } from '@modelslab-reload/core';
import type { Progress, Subject } from './progress.ts';
import type { Jobs } from './queue.ts';

/** What the calls of a process share. */
export interface Fleet {
  client: Pick<Client, 'step'>;
  jobs: Pick<Jobs, 'find' | 'add' | 'note' | 'rerun' | 'wake'>;
  time: Driver['time'];
  /** The last progress of each job that was published: what remains if the queue loses its data. */
  memory: Map<string, Progress>;
  /** When the account's queue was found full, since the last acceptance; null if it was not. */
  line: { closedAt: number | null };
  /** Milliseconds between two checks of a job. */
  lookMs: number;
  /** When this process last woke the workers, because a job was overdue. */
  wokenAt: number;
  describeFault(error?: unknown): string;
}

/** A call that waits for a job. */
export interface Listener {
  until: Until;
  /** Resolves when what is known has been tried as an answer. */
  asked: Promise<void>;
  ask(): void;
  onProgress(progress: Progress): void;
  /** The job is due, but waits for a slot. */
  onNoSlot(): void;
  end(error?: OutcomeError): Promise<void>;
}

export type Watch = ReturnType<typeof createWatch>;

/** Watches one job for the calls of this process, and keeps it in the queue while they wait. */
export function createWatch(fleet: Fleet, id: string, subject: Subject) {
  const { jobs, lookMs } = fleet;
  const listeners = new Set<Listener>();
  let isLooking = false;
  let wasFound = false;
  let isMissing = false;
  let timer: NodeJS.Timeout | undefined;

  const isKnown = ({ origin, sequence }: Progress) =>
    watch.progress?.origin === origin && sequence <= watch.progress.sequence;

  /** Receives what a process of the fleet published. */
  const receive = (progress: Progress) => {
    if (isKnown(progress)) return;
    watch.progress = progress;
    for (const listener of listeners) listener.onProgress(progress);
    if (progress.end) void look();
  };

  /** Looks at the job, now and every few seconds, because an event may be lost, and so may the job. */
  const look = async () => {
    if (isLooking || listeners.size === 0) return;
    isLooking = true;
    clearTimeout(timer);
    const noReply = setTimeout(() => (watch.fault = fleet.describeFault()), lookMs);
    watch.fault = await lookOnce().then(
      () => null,
      (error: unknown) => fleet.describeFault(error),
    );
    clearTimeout(noReply);
    isLooking = false;
    if (listeners.size > 0) timer = setTimeout(() => void look(), lookMs);
  };

  /** Wakes the workers, but not for each job. */
  const wake = async () => {
    if (fleet.wokenAt > Date.now() - lookMs) return;
    fleet.wokenAt = Date.now();
    await jobs.wake();
  };

  const lookOnce = async () => {
    const found = await jobs.find(id);
    if (found?.progress && wasFound) receive(found.progress);
    else if (found?.progress && !isKnown(found.progress)) {
      watch.progress = found.progress;
      for (const listener of listeners) listener.ask();
    }
    await Promise.all([...listeners].map(({ asked }) => asked));
    if (listeners.size === 0) return;
    const isLong = [...listeners].some(({ until }) => until !== 'accepted');
    const until = isLong ? 'success' : 'accepted';
    const wasSeen = wasFound;
    if (found) {
      wasFound = true;
      isMissing = false;
      await jobs.note(id, `${new Date().toISOString()} wanted until ${until}`);
      if (found.isFinished) return jobs.rerun(id, found.progress);
      const dueAt = found.progress ? (found.progress.nextAt ?? Infinity) : wasSeen ? 0 : Infinity;
      if (dueAt > Date.now() - lookMs) return;
      for (const listener of listeners) listener.onNoSlot();
      return wake();
    }
    // The process that removes all jobs also publishes why, which may take a moment to arrive.
    isMissing = wasFound && !isMissing;
    if (isMissing) return;
    await jobs.add(id, subject, restart(watch.progress, until));
    wasFound = true;
  };

  const watch = {
    subject,
    progress: fleet.memory.get(id) ?? null,
    /** Why the queue cannot be reached; null if it can. */
    fault: null as string | null,
    listeners,
    receive,
    look,
    async endAll(reason?: OutcomeError) {
      await Promise.all(Array.from(listeners, (listener) => listener.end(reason)));
    },
    remove(listener: Listener) {
      listeners.delete(listener);
      if (listeners.size === 0) clearTimeout(timer);
    },
  };
  return watch;
}

/** Returns the first progress of a new job, which continues what is remembered. */
function restart(last: Progress | null, until: Progress['until']): Progress {
  const {
    state = null,
    startedAt = null,
    requests = 0,
    isAccepted = false,
    end = null,
  } = last ?? {};
  return {
    origin: randomUUID(),
    sequence: 0,
    state,
    startedAt: end ? null : startedAt,
    requests: end ? 0 : requests,
    isAccepted: isAccepted && end?.outcome?.status !== 'success',
    held: null,
    nextAt: Date.now(),
    until,
    wantedAt: Date.now(),
    events: [],
    end: null,
  };
}
