import type { Jobs, QueueSettings, RunningJob } from '../src/queue.ts';
import type { Progress, Subject } from '../src/progress.ts';

/** As long as the lock of a real job, and the check for jobs that have lost theirs. */
const LOST_AFTER_MS = 25_000;

export interface FakeJob {
  id: string;
  subject: Subject;
  progress: Progress;
  hasRun: boolean;
  notes: string[];
  state: 'waiting' | 'active' | 'finished';
  dueAt: number;
  isPoll: boolean;
  /** Who runs it. */
  owner: Process | null;
}

export interface Process extends QueueSettings {
  running: number;
  /** Set when the process was killed or its operations never end. */
  isDead: boolean;
  isClosed: boolean;
  /** Operations until it is killed. */
  operationsLeft: number;
}

const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));
const never = new Promise<never>(() => {});

/** A queue in memory with the interface of the real one. It runs on the timers of the test. */
export function createFakeQueue() {
  let jobs = new Map<string, FakeJob>();
  const processes: Process[] = [];
  let lineUntil = 0;
  let fault: Error | null = null;
  let timer: NodeJS.Timeout | undefined;
  const names: string[] = [];
  /** Everything that was stored, as text. */
  const stored: string[] = [];
  const counts = { find: 0, add: 0, note: 0, rerun: 0 };

  /** Runs what is due, as long as there are slots. */
  function pump(): void {
    clearTimeout(timer);
    const now = Date.now();
    const waiting = [...jobs.values()].filter(({ state }) => state === 'waiting');
    const due = waiting
      .filter(({ dueAt }) => dueAt <= now)
      .toSorted((a, b) => Number(b.isPoll) - Number(a.isPoll) || a.dueAt - b.dueAt);
    for (const job of due) {
      const active = [...jobs.values()].filter(({ state }) => state === 'active').length;
      const owner = processes
        .filter(
          ({ isDead, isClosed, running, concurrency }) =>
            !isDead && !isClosed && running < concurrency,
        )
        .toSorted((a, b) => a.running - b.running)[0];
      if (!owner || active >= owner.concurrency) break;
      void work(job, owner);
    }
    const next = Math.min(...waiting.map(({ dueAt }) => dueAt).filter((at) => at > now));
    if (next < Infinity) timer = setTimeout(pump, next - now);
  }

  async function work(job: FakeJob, owner: Process): Promise<void> {
    job.state = 'active';
    job.owner = owner;
    owner.running++;
    const isOwn = () => job.owner === owner && jobs.get(job.id) === job;
    const running: RunningJob = {
      subject: copy(job.subject),
      progress: copy(job.progress),
      takeNotes: () => operate(owner, () => job.notes.splice(0)),
      publish: (progress) =>
        operate(owner, () => {
          if (!isOwn()) throw new Error('The job was taken over.');
          job.progress = copy(progress);
          job.hasRun = true;
          stored.push(JSON.stringify(progress));
          for (const each of processes) {
            if (!each.isDead && !each.isClosed)
              setTimeout(() => each.onProgress(job.id, copy(progress)), 1);
          }
        }),
      rank: (isPoll) => operate(owner, () => void (job.isPoll = isPoll)),
    };
    const delayMs = await owner.run(running).catch((error: Error) => {
      owner.onError(error);
      return 1000;
    });
    if (owner.isDead) return;
    owner.running--;
    if (isOwn()) {
      job.owner = null;
      job.state = delayMs === null ? 'finished' : 'waiting';
      job.dueAt = Date.now() + Math.ceil(delayMs ?? 0);
    }
    pump();
  }

  async function operate<Result>(process: Process, action: () => Result): Promise<Result> {
    if (process.operationsLeft-- <= 0) kill(process);
    if (process.isDead) return never;
    if (fault) throw fault;
    return action();
  }

  function kill(process: Process): void {
    if (process.isDead) return;
    process.isDead = true;
    const lost = [...jobs.values()].filter(({ owner }) => owner === process);
    setTimeout(() => {
      for (const job of lost)
        Object.assign(job, { owner: null, state: 'waiting', dueAt: Date.now() });
      pump();
    }, LOST_AFTER_MS);
  }

  function connect(name: string, settings: QueueSettings): Jobs {
    names.push(name);
    const process: Process = Object.assign(settings, {
      running: 0,
      isDead: false,
      isClosed: false,
      operationsLeft: Infinity,
    });
    processes.push(process);
    const job = (id: string) => {
      const found = jobs.get(id);
      if (!found) throw new Error(`Missing job ${id}`);
      return found;
    };
    return {
      find: (id) =>
        operate(process, () => {
          counts.find++;
          const found = jobs.get(id);
          if (!found) return null;
          const progress = found.hasRun ? copy(found.progress) : null;
          return { progress, isFinished: found.state === 'finished' };
        }),
      add: (id, subject, progress) =>
        operate(process, () => {
          counts.add++;
          stored.push(JSON.stringify({ id, subject, progress }));
          if (jobs.has(id)) return;
          const fresh = { notes: [], hasRun: false, isPoll: false, owner: null } as const;
          jobs.set(id, {
            ...fresh,
            notes: [],
            id,
            subject: copy(subject),
            progress: copy(progress),
            state: 'waiting',
            dueAt: Date.now(),
          });
          pump();
        }),
      note: (id, note) =>
        operate(process, () => {
          counts.note++;
          stored.push(note);
          return job(id).notes.push(note);
        }),
      rerun: (id, seen) =>
        operate(process, () => {
          counts.rerun++;
          const found = job(id);
          if (
            found.state !== 'finished' ||
            (found.hasRun && found.progress.sequence !== seen?.sequence)
          )
            return;
          found.notes.push(found.progress.end ? 'again' : 'resumed');
          Object.assign(found, { state: 'waiting', dueAt: Date.now() });
          pump();
        }),
      lineMs: () => operate(process, () => Math.max(0, lineUntil - Date.now())),
      closeLine: (ms) => operate(process, () => void (lineUntil = Date.now() + Math.ceil(ms))),
      admitNext: () =>
        operate(process, () => {
          if (lineUntil <= Date.now()) return;
          const held = [...jobs.values()]
            .filter(({ state, progress }) => state === 'waiting' && progress.held)
            .toSorted((a, b) => a.dueAt - b.dueAt)[0];
          if (!held) return;
          held.notes.push('admitted');
          held.dueAt = Date.now();
          pump();
        }),
      wake: () => operate(process, pump),
      drain: () =>
        operate(process, () => {
          for (const [id, { state }] of jobs) if (state === 'waiting') jobs.delete(id);
        }),
      close: async () => {
        process.isClosed = true;
      },
    };
  }

  return {
    connect,
    names,
    stored,
    counts,
    processes,
    /** Kills the process that runs a job; the job is lost until another process notices. */
    kill,
    killRunning: () => {
      const owner = [...jobs.values()].find((job) => job.owner)?.owner;
      if (owner) kill(owner);
      return owner ?? null;
    },
    /** Loses all data. */
    flush: () => {
      jobs = new Map();
      lineUntil = 0;
    },
    /** Makes every operation fail; null ends that. */
    fail: (error: Error | null) => {
      fault = error;
    },
    jobs: () => [...jobs.values()],
  };
}
