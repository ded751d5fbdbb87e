import { createSignalHub } from '../drivers/signals.ts';
import { createTime, type Time } from '../drivers/time.ts';
import { formatDuration } from '../options/duration.ts';
import { createFailure, invalidArgument, ReloadError, toOutcomeError } from '../errors.ts';
import type { ErrorCode } from '../error-codes.ts';
import type { ReloadOptions, WithModelOptions } from '../options.ts';
import { checkWithModelOptions } from '../options/check-options.ts';
import { checkModelId } from '../options/model-id.ts';
import { initialOutcome, type Outcome } from '../outcome.ts';
import type { Clock } from '../transport/types.ts';
import { claimProbe, createSharedWaits, dueAt, type SharedWait } from './shared-wait.ts';
import { meansFailure, meansUnloaded, type Used } from './unloaded.ts';

/** Runs `use`, and reloads the model if it is unloaded. */
export type WithModel = <Result>(
  modelId: string,
  use: (signal: AbortSignal) => Result | PromiseLike<Result>,
  options?: WithModelOptions,
) => Promise<Result>;

/** What `withModel` needs of a client. */
export interface WithModelHost {
  reload: (modelId: string, options: ReloadOptions) => Promise<Outcome>;
  clock: Clock;
  /** The client's key, which no option may contain. */
  apiKey: string;
}

/** Runs of `use` in one call. */
const MAX_RUNS = 8;

/** Callers share only data, so each checks it on its own timer. */
const CHECK_INTERVAL_MS = 500;

/** Creates the `withModel` of a client, whose callers share the waits of their models. */
export function createWithModel({ reload, clock, apiKey }: WithModelHost): WithModel {
  const time = createTime(clock);
  const waits = createSharedWaits();
  const connectSignal = createSignalHub();

  return async (modelId, use, options = {}) => {
    const { isUnloaded, ...call } = checkWithModelOptions(options, apiKey);
    checkModelId(modelId, apiKey);
    if (typeof use !== 'function') throw invalidArgument('use must be a function.');
    const over = new AbortController();
    const disconnect = connectSignal(call.signal, () => over.abort());
    const caller = createCaller(time, modelId, call, over.signal);
    const signal = call.signal ?? over.signal;

    /** Runs `use` once; null if the model is unloaded. */
    const run = async () => {
      const startedAt = caller.startRun();
      const used = await settle(async () => await use(signal));
      const isCold = await (isUnloaded ? isUnloaded(used.value) : meansUnloaded(used));
      if (isCold) {
        waits.markUnloaded(modelId, startedAt);
        caller.fail(used.value);
        return null;
      }
      if (!(await meansFailure(used))) waits.markLoaded(modelId);
      return used;
    };

    /** Reloads the model, or joins the wait that another caller's reload began. */
    const findWait = async (): Promise<SharedWait> => {
      const known = waits.find(modelId);
      if (known) return known;
      const { timeoutMs } = caller.remaining();
      const outcome = await caller.reload(reload(modelId, { ...call, timeoutMs }));
      const { startedAt, repliedAt, elapsedMs } = outcome;
      const ageMs =
        repliedAt === null ? 0 : Date.parse(startedAt) + elapsedMs - Date.parse(repliedAt);
      return waits.begin(modelId, time.now() - Math.max(0, ageMs), caller.runAt());
    };

    try {
      caller.remaining();
      let used = await run();
      while (used === null) {
        caller.checkRuns();
        const wait = await findWait();
        const isProbe = await caller.sleepUntilDue(wait);
        try {
          used = await run();
        } finally {
          if (isProbe) wait.probeAt = null;
        }
      }
      if (used.isThrown) throw used.value;
      return used.value;
    } finally {
      disconnect();
    }
  };
}

async function settle<Result>(run: () => Promise<Result>): Promise<Used<Result>> {
  try {
    return { isThrown: false, value: await run() };
  } catch (value) {
    return { isThrown: true, value };
  }
}

/** Creates the part of a call that belongs to its caller: the deadline, the signal, and how it ends. */
function createCaller(
  time: Time,
  modelId: string,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined },
  over: AbortSignal,
) {
  const { now: startedAt, wall } = time.moment();
  const deadline = startedAt + timeoutMs;
  let outcome = initialOutcome(modelId, wall);
  let runs = 0;
  let lastRunAt = startedAt;
  let cause: unknown;

  const end = (code: ErrorCode, message: string, reason: unknown = cause): ReloadError => {
    const error = toOutcomeError(createFailure(code, message));
    const elapsedMs = Math.round(time.now() - startedAt);
    return new ReloadError(error, { outcome: { ...outcome, elapsedMs, error }, cause: reason });
  };
  const timedOut = () =>
    end(
      'wait_timeout',
      `The deadline of ${formatDuration(timeoutMs)} passed; the model is unloaded`,
    );
  const stillUnloaded = () =>
    end(
      'wait_timeout',
      `The model is still unloaded after ${formatDuration(time.now() - startedAt)}`,
    );

  return {
    /** Returns the time that is left; throws if there is none. */
    remaining() {
      if (signal?.aborted) throw end('aborted', 'Ended early', signal.reason);
      const leftMs = Math.floor(deadline - time.now());
      if (leftMs < 1) throw timedOut();
      return { timeoutMs: leftMs };
    },
    startRun() {
      runs++;
      lastRunAt = time.now();
      return lastRunAt;
    },
    runAt: () => lastRunAt,
    fail(value: unknown) {
      cause = value;
    },
    checkRuns() {
      if (runs >= MAX_RUNS) throw stillUnloaded();
    },
    /** Returns the outcome of a reload; its error has what `use` threw or returned as its cause. */
    async reload(reloading: Promise<Outcome>): Promise<Outcome> {
      try {
        outcome = await reloading;
        return outcome;
      } catch (error) {
        if (!ReloadError.isInstance(error) || !error.outcome?.error) throw error;
        throw new ReloadError(error.outcome.error, {
          outcome: error.outcome,
          cause: error.code === 'aborted' ? error.cause : cause,
        });
      }
    },
    /** Waits until this caller runs `use` for all (true), or until all run theirs (false). */
    async sleepUntilDue(wait: SharedWait): Promise<boolean> {
      for (;;) {
        this.remaining();
        if (wait.isOver) return false;
        const now = time.now();
        const due = dueAt(wait);
        if (due === null) throw stillUnloaded();
        if (claimProbe(wait, now)) return true;
        const checkAt = now + CHECK_INTERVAL_MS;
        await time.sleepUntil(
          Math.min(deadline, now < due ? Math.min(due, checkAt) : checkAt),
          over,
        );
      }
    },
  };
}
