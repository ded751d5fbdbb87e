import { ERROR_SPECS, formatDuration, ReloadError } from '@modelslab-reload/core';
import type {
  CallStart,
  ErrorCode,
  Hooks,
  Outcome,
  OutcomeError,
  ReplyEvent,
  Settled,
  StepOptions,
} from '@modelslab-reload/core';
import type { Progress } from './progress.ts';
import type { Fleet, Listener, Watch } from './watch.ts';

const MAX_TIMER_MS = 2 ** 31 - 1;
const ABORTED = AbortSignal.abort();
const refuseToSend = () => {
  throw new Error('Only what the state itself answers is of interest.');
};

/** Lets one call wait for a job, until the fleet reaches its goal or it ends by its own options. */
export function follow(fleet: Fleet, watch: Watch, start: CallStart, hooks: Hooks) {
  const { time, line, client } = fleet;
  const { modelId } = watch.subject;
  const { until = 'success', imagePrompt, maxAgeMs, timeoutMs, startedAt: calledAt } = start;
  let resolve!: (settled: Settled) => void;
  let reject!: (thrown: unknown) => void;
  const ended = new Promise<Settled>((onEnd, onError) => {
    resolve = onEnd;
    reject = onError;
  });
  let begunAt = start.isListed ? null : calledAt;
  let attempts = 0;
  let isSlotReported = false;
  let timer: NodeJS.Timeout | undefined;
  /** The shared wait, and its requests, when this call joined it. */
  let joined: Progress | null = null;

  const isInLine = () => begunAt === null && line.closedAt !== null;
  const elapsedMs = () => Math.max(0, Math.round(time.now() - calledAt));
  /** Returns Infinity while a listed model has not begun and the queue is not full. */
  const timeLeftMs = () => {
    const inLineAt = Math.max(line.closedAt ?? Infinity, start.listStartedAt ?? calledAt);
    return (begunAt ?? inLineAt) + timeoutMs - time.now();
  };

  /** Returns what the state alone answers; null if that takes a request, or its version is unknown. */
  const known = (options: StepOptions, state = watch.progress?.state) =>
    client.step(modelId ?? '-', state, options).then(
      ({ outcome }) => outcome,
      () => null,
    );

  const settle = (
    shared: Outcome | null,
    error: OutcomeError | null,
    ids: string[] | null = null,
  ) => {
    if (!watch.listeners.has(listener)) return;
    leave();
    const isSameWait = joined !== null && joined.startedAt === watch.progress?.startedAt;
    const outcome = shared && {
      ...shared,
      error,
      requests: Math.max(0, shared.requests - (isSameWait ? (joined?.requests ?? 0) : 0)),
      startedAt: new Date(start.startedWall).toISOString(),
      elapsedMs: elapsedMs(),
    };
    const cause = error?.code === 'aborted' ? hooks.signal?.reason : undefined;
    if (error && !outcome) reject(new ReloadError(error, { cause }));
    else resolve({ outcome, ids, failure: null, step: null, cause });
  };

  const ask = async () => {
    const { progress } = watch;
    if (!progress || modelId === null) return;
    if (!progress.end) joined ??= progress;
    const { startedAt } = progress;
    const limitMs = startedAt === null ? timeoutMs : Date.now() - startedAt + timeLeftMs();
    const outcome = await known({
      until,
      imagePrompt,
      maxAgeMs,
      timeoutMs: Math.min(Math.max(1, Math.floor(limitMs)), MAX_TIMER_MS),
      onSend: refuseToSend,
    });
    if (outcome) settle(outcome, outcome.error);
  };

  const report = (event: ReplyEvent) => {
    const isLate = (event.nextInMs ?? 0) >= timeLeftMs();
    const own = { ...event, nextInMs: isLate ? null : event.nextInMs };
    if (own.type === 'reply') Object.assign(own, { attempt: ++attempts, elapsedMs: elapsedMs() });
    try {
      Promise.resolve(hooks.onReply?.(own)).catch(fail);
    } catch (thrown) {
      fail(thrown);
    }
  };

  const arm = () => {
    clearTimeout(timer);
    const leftMs = timeLeftMs();
    if (leftMs < Infinity && watch.listeners.has(listener)) {
      timer = setTimeout(() => void expire(), Math.min(leftMs, MAX_TIMER_MS));
    }
  };

  const expire = async () => {
    if (timeLeftMs() > 0) return arm();
    if (watch.fault) return listener.end(toError('network_error', watch.fault));
    await ask();
    const passed = `he deadline of ${formatDuration(timeoutMs)} passed`;
    const isHeld = watch.progress?.held || isInLine();
    await listener.end(
      isHeld
        ? toError('rate_limited', `The account's queue is full, and t${passed}`)
        : toError('wait_timeout', `T${passed}; no reply received`),
    );
  };

  const leave = () => {
    clearTimeout(timer);
    hooks.onBegun?.();
    watch.remove(listener);
  };
  const fail = (thrown: unknown) => {
    leave();
    reject(thrown);
  };

  const listener: Listener = {
    until,
    asked: Promise.resolve(),
    ask() {
      this.asked = ask();
      arm();
    },
    onProgress({ end, events, held, isAccepted }) {
      if (held === null && events.length > 0) {
        begunAt ??= time.now();
        hooks.onBegun?.();
      }
      arm();
      isSlotReported = false;
      for (const event of events) report(event);
      const isAcceptance = until === 'accepted' && isAccepted;
      const { outcome = null, error = null, ids = null } = end ?? {};
      if (error || ids || outcome?.status === 'success' || (end && isAcceptance)) {
        settle(outcome, error, ids);
      } else if (isAcceptance || events.some(({ nextInMs }) => (nextInMs ?? 0) > timeLeftMs())) {
        this.ask();
      }
    },
    onNoSlot() {
      if (isSlotReported || modelId === null) return;
      isSlotReported = true;
      report({ type: 'waiting', modelId, reason: 'slot', nextInMs: null });
    },
    /** Ends the call with what is known of its model. The default error is that it was aborted. */
    async end(error) {
      const outcome =
        (await known({ signal: ABORTED })) ?? (await known({ signal: ABORTED }, null));
      settle(modelId === null ? null : outcome, error ?? outcome?.error ?? null);
    },
  };
  watch.listeners.add(listener);
  listener.ask();
  void listener.asked.then(watch.look);
  return { ended, end: (error?: OutcomeError) => void listener.end(error) };
}

function toError(code: ErrorCode, message: string): OutcomeError {
  return { code, message, hint: ERROR_SPECS[code].hint, httpStatus: null, retryAfterMs: null };
}
