import type { Jobs, QueueSettings, RunningJob } from '../src/queue.ts';
import type { Subject } from '@modelslab-reload/core/engine';
import type { Progress } from '../src/progress.ts';

/** As long as the lock of a real job, and the check for jobs that have lost theirs. */
const LOST_AFTER_MS = 25_000;

export interface FakeJob {
  id: string;
  subject: Subject;
  progress: Progress;
  hasRun: boolean;
  wantedAt: number;
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
  let fault: Error | null = null;
  let timer: NodeJS.Timeout | undefined;
  const names: string[] = [];
  /** Everything that was stored, as text. */
  const stored: string[] = [];
  const counts = { find: 0, add: 0 };

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
      wantedAt: job.wantedAt,
      mayBegin: job.isPoll,
      publish: (progress) =>
        operate(owner, () => {
          if (!isOwn()) throw new Error('The job was taken over.');
          job.progress = copy(progress);
          job.hasRun = true;
          stored.push(JSON.stringify(progress));
          for (const each of processes) {
            if (!each.isDead && !each.isClosed)
              setTimeout(() => each.onProgress(copy(progress)), 1);
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
    return {
      find: (id) =>
        operate(process, () => {
          counts.find++;
          const found = jobs.get(id);
          if (!found) return null;
          const progress = found.hasRun ? copy(found.progress) : null;
          const isFinished = found.state === 'finished';
          const want = () =>
            operate(process, () => {
              if (jobs.get(id) !== found) throw new Error(`Missing job ${id}`);
              found.wantedAt = Date.now();
              if (isFinished && found.state === 'finished') {
                Object.assign(found, { state: 'waiting', dueAt: Date.now() });
                pump();
              }
            });
          return { progress, isFinished, want };
        }),
      add: (id, subject, progress) =>
        operate(process, () => {
          counts.add++;
          stored.push(JSON.stringify({ id, subject, progress }));
          if (jobs.has(id)) return;
          const isPoll = subject.imagePrompt !== null;
          const fresh = { hasRun: false, isPoll, owner: null, wantedAt: Date.now() };
          jobs.set(id, {
            ...fresh,
            id,
            subject: copy(subject),
            progress: copy(progress),
            state: 'waiting',
            dueAt: Date.now(),
          });
          pump();
        }),
      admitNext: () =>
        operate(process, () => {
          const held = [...jobs.values()]
            .filter(({ state, progress }) => state === 'waiting' && progress.held)
            .toSorted((a, b) => a.dueAt - b.dueAt)[0];
          if (!held) return;
          held.isPoll = true;
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
    },
    /** Makes every operation fail; null ends that. */
    fail: (error: Error | null) => {
      fault = error;
    },
    jobs: () => [...jobs.values()],
  };
}
