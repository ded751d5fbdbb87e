import type { Context } from '../options/context.ts';
import type { Driver, Runtime } from '../drivers/driver.ts';
import { createProcessDriver, runInProcess } from '../drivers/process.ts';
import { invalidArgument, toOutcomeError } from '../errors.ts';
import type { OutcomeError } from '../outcome.ts';
import { isSavedWait } from '../state/saved-wait.ts';
import type { Subject } from '../state/subject.ts';
import type { StepState } from '../outcome.ts';
import { isAccepted } from '../targets/target.ts';
import { lineMs } from '../transitions/line.ts';
import { keyPartsOf } from '../transitions/memory.ts';
import { saveKnown } from '../transitions/saved-wait.ts';
import { convertTimes, openWait } from './step.ts';

/** A request has no deadline of its own: the calls have theirs. */
const NO_DEADLINE_MS = 24 * 24 * 3_600_000;

/** A continued wait is another one after this time without a request that was due. */
const ABANDONED_AFTER_MS = 60_000;

/** What followed from one request about a subject, or from none if none was due. */
export interface Exchange {
  /** What is known now, to be published. */
  state: StepState;
  /** Milliseconds until the next request; null if none follows. */
  nextInMs: number | null;
  isAccepted: boolean;
  /** Whether the API rejected the model, which it has not accepted, because the account's queue is full. */
  isRejected: boolean;
  failure: OutcomeError | null;
}

/** A client whose calls wait for requests that any of several processes sends. What one process publishes, all learn. */
export interface SharedClient {
  driver: Driver;
  /**
   * Takes over what was published, unless this client knows more or not its version. With `isNews`, waiting calls see its
   * last reply; otherwise they are answered by it, as calls that start later.
   */
  learn(state: StepState | null, isNews: boolean): void;
  /** Records why what other processes publish cannot be received; null if it can. Calls that reach their deadline report it. */
  setFault(message: string | null): void;
  /** Informs the calls about a subject that its request waits for a slot. */
  informOfSlot(subject: Subject): void;
  /** Returns what is known of a subject. */
  save(subject: Subject): StepState;
  /** Returns for how many milliseconds no request may be sent, because of the account's queue. */
  waitMs(isPoll: boolean): number;
  /**
   * Sends at most one request, from what was published last.
   *
   * @param onSend called, and awaited, with what to publish before the request leaves
   * @throws {ReloadError} `invalid_argument` for a state of an unknown version
   */
  exchange(
    subject: Subject,
    state: StepState | null,
    onSend: (sent: StepState) => unknown,
  ): Promise<Exchange>;
  /** Ends all calls as aborted, and those to come. */
  close(): void;
}

/**
 * Creates the driver of a client that shares its requests with other processes.
 *
 * @param onFollow called when the calls of this process begin to wait for a subject, or no longer do
 */
export function createSharedClient(
  context: Context,
  time: Driver['time'],
  betweenEvents: Parameters<Runtime['createDriver']>[2],
  onFollow: (subject: Subject, isFollowed: boolean) => void,
): SharedClient {
  const { driver, store, dispatch } = runInProcess([context, time, betweenEvents], onFollow);
  store.state.isFollower = true;
  const { run } = driver;
  const closing = new AbortController();
  const waitMs = (isPoll: boolean) => {
    const { pause } = store.state;
    const now = time.now();
    return Math.ceil(Math.max(0, pause.untilAt - now, isPoll ? 0 : lineMs(store.state, now)));
  };
  const learn: SharedClient['learn'] = (published, isNews) => {
    if (!isSavedWait(published, published?.modelId ?? '')) return;
    const { reload, image, list } = convertTimes(time).read(published);
    for (const target of [list ?? reload, image]) {
      if (target) dispatch({ type: 'learn', target, isNews });
    }
  };
  return {
    driver: Object.assign(driver, {
      closed: closing.signal,
      openBudget(): never {
        throw invalidArgument(
          'maxImages is not available for several processes.',
          'Check a list of models with images in one process, with the client of @modelslab-reload/core.',
        );
      },
      run: (...[start, hooks]: Parameters<Driver['run']>) => {
        const isOver = closing.signal.aborted;
        return run(start, isOver ? { ...hooks, signal: closing.signal } : hooks);
      },
    }),
    learn,
    waitMs,
    setFault(message) {
      store.state.fault = message;
    },
    informOfSlot: (subject) => dispatch({ type: 'queued', subject }),
    save(subject) {
      const change = { state: store.state, rules: store.rules, now: time.now() };
      return convertTimes(time).publish(saveKnown(change, keyPartsOf(subject)));
    },
    async exchange(subject, published, onSend) {
      const { modelId, imagePrompt } = subject;
      const { saved, publish } = openWait(time, modelId, published);
      const isChecking = imagePrompt !== null;
      const { now, wall } = time.moment();
      const nextAt = (isChecking ? saved?.image : (saved?.list ?? saved?.reload))?.nextAt ?? 0;
      const isContinued = now - nextAt < ABANDONED_AFTER_MS;
      const start = {
        ...keyPartsOf(subject),
        until: isChecking ? ('image' as const) : ('success' as const),
        isChecking,
        isStep: true,
        timeoutMs: NO_DEADLINE_MS,
        startedAt: now,
        startedWall: wall,
      };
      // Each call counts its own retries.
      const endless = { ...context, maxRetries: Infinity };
      const result = await createProcessDriver(endless, time, betweenEvents).run(start, {
        signal: closing.signal,
        onSend: (sent) => onSend(publish(sent)),
        saved: saved && { ...saved, call: isContinued ? saved.call : null },
      });
      if (result.step === null) throw new Error('An exchange has no state.');
      const { step } = result;
      const state = publish(step.saved);
      learn(state, true);
      const isTaken = isChecking || (modelId !== null && isAccepted(step.saved.reload));
      const isRejected = step.pauseMs !== null && !isTaken;
      const nextInMs = step.nextAt && Math.max(0, Math.ceil(step.nextAt - time.now()));
      return {
        state,
        nextInMs: isRejected ? waitMs(false) : nextInMs,
        isAccepted: isTaken,
        isRejected,
        failure: result.failure && toOutcomeError(result.failure),
      };
    },
    close() {
      closing.abort();
      for (const id of Object.keys(store.state.calls)) dispatch({ type: 'leave', id });
    },
  };
}
