import type { Driver } from '../drivers/driver.ts';
import { createSignalHub } from '../drivers/signals.ts';
import { formatDuration } from '../options/duration.ts';
import { createFailure, invalidArgument, ReloadError, toOutcomeError } from '../errors.ts';
import type { ErrorCode } from '../error-codes.ts';
import type { ReloadOptions, WithModelOptions } from '../options.ts';
import { checkOptions, WITH_MODEL } from '../options/check-options.ts';
import { checkModelId } from '../options/model-id.ts';
import { initialOutcome, type Outcome } from '../outcome.ts';
import { beginWait, claimProbe, dueAt, findWait, type SharedWait } from './shared-wait.ts';
import { interpret } from './unloaded.ts';

/** Runs `use`, and reloads the model if it is unloaded. */
export type WithModel = <Result>(
  modelId: string,
  use: (signal: AbortSignal) => Result | PromiseLike<Result>,
  options?: WithModelOptions,
) => Promise<Result>;

const MAX_RUNS = 8;

/** Callers share only data, so each checks it on its own timer. */
const CHECK_INTERVAL_MS = 500;

/** Creates the `withModel` of a client, whose callers share the waits of their models. */
export function createWithModel(
  reload: (modelId: string, options: ReloadOptions) => Promise<Outcome>,
  { time, closed }: Pick<Driver, 'time' | 'closed'>,
  apiKey: string,
): WithModel {
  const waits = new Map<string, SharedWait>();
  const connectSignal = createSignalHub();

  return async (modelId, use, options = {}) => {
    const { isUnloaded, ...call } = checkOptions(options, WITH_MODEL, apiKey);
    checkModelId(modelId, apiKey);
    if (typeof use !== 'function') throw invalidArgument('use must be a function.');
    const { timeoutMs, signal } = call;
    const { now: startedAt, wall } = time.moment();
    const deadline = startedAt + timeoutMs;
    const over = new AbortController();
    const given = signal ?? new AbortController().signal;
    let outcome = initialOutcome(modelId, wall);
    let runs = 0;
    let lastRunAt = startedAt;
    /** What `use` threw or returned when it found the model unloaded. */
    let unloaded: unknown;

    const fail = (code: ErrorCode, message: string, cause: unknown = unloaded): ReloadError => {
      const error = toOutcomeError(createFailure(code, message));
      const elapsedMs = Math.round(time.now() - startedAt);
      return new ReloadError(error, { outcome: { ...outcome, elapsedMs, error }, cause });
    };
    const stillUnloaded = () => {
      const elapsed = formatDuration(time.now() - startedAt);
      return fail('wait_timeout', `The model is still unloaded after ${elapsed}`);
    };

    /** Returns the time that is left; throws if the deadline has passed. */
    const timeLeft = () => {
      const ended = [given, closed].find((one) => one?.aborted);
      if (ended) throw fail('aborted', 'Ended early', ended.reason);
      const leftMs = Math.floor(deadline - time.now());
      if (leftMs >= 1) return leftMs;
      const deadlineText = `The deadline of ${formatDuration(timeoutMs)} passed`;
      throw fail('wait_timeout', `${deadlineText}; the model is unloaded`);
    };

    /** Runs `use` once; null if the model is unloaded. */
    const run = async () => {
      runs++;
      lastRunAt = time.now();
      const [used] = await Promise.allSettled([(async () => use(given))()]);
      const value: unknown = used.status === 'fulfilled' ? used.value : used.reason;
      const meaning = await interpret(used);
      const wait = waits.get(modelId);
      if (await (isUnloaded ? isUnloaded(value) : meaning === 'unloaded')) {
        if (wait) wait.unloadedAt = Math.max(wait.unloadedAt, lastRunAt);
        unloaded = value;
        return null;
      }
      if (meaning === 'succeeded') waits.delete(modelId);
      return used;
    };

    /** Reloads the model, or joins the wait that another caller's reload began. */
    const joinWait = async (): Promise<SharedWait> => {
      const known = findWait(waits, modelId);
      if (known) return known;
      try {
        outcome = await reload(modelId, { ...call, timeoutMs: timeLeft() });
      } catch (error) {
        if (!ReloadError.isInstance(error) || !error.outcome?.error) throw error;
        const cause = error.code === 'aborted' ? error.cause : unloaded;
        throw new ReloadError(error.outcome.error, { outcome: error.outcome, cause });
      }
      const { startedAt: askedAt, repliedAt, elapsedMs, requests } = outcome;
      // A known success may be older than the call; while a request is open, the wall clock may be set.
      const ageMs =
        requests > 0 ? 0 : Date.parse(askedAt) + elapsedMs - Date.parse(repliedAt ?? '');
      const succeededAt = time.now() - Math.max(0, ageMs || 0);
      return (
        findWait(waits, modelId) ??
        beginWait(waits, modelId, { succeededAt, unloadedAt: lastRunAt, probeAt: null })
      );
    };

    /** Waits until this caller runs `use` for all (true), or until all run theirs (false). */
    const sleepUntilDue = async (wait: SharedWait): Promise<boolean> => {
      for (;;) {
        timeLeft();
        if (waits.get(modelId) !== wait) return false;
        const due = dueAt(wait);
        if (due === null) throw stillUnloaded();
        const now = time.now();
        if (claimProbe(wait, now)) return true;
        const next = now < due ? due : Infinity;
        await time.sleepUntil(Math.min(deadline, next, now + CHECK_INTERVAL_MS), over.signal);
      }
    };

    const disconnect = [given, closed].map((one) => connectSignal(one, () => over.abort()));
    try {
      timeLeft();
      let used = await run();
      while (used === null) {
        if (runs >= MAX_RUNS) throw stillUnloaded();
        const wait = await joinWait();
        const isProbe = await sleepUntilDue(wait);
        try {
          used = await run();
        } finally {
          if (isProbe) wait.probeAt = null;
        }
      }
      if (used.status === 'rejected') throw used.reason;
      return used.value;
    } finally {
      for (const one of disconnect) one();
    }
  };
}
