import { formatDuration } from '../duration.ts';
import { createFailure, type Failure } from '../errors.ts';
import type { Caller } from '../polling/caller.ts';
import { MAX_UNSENT_RETRIES } from '../polling/retry-policy.ts';
import type { Account, Turn } from './account.ts';
import { replyAt, type Reply, type Target, type WaitReason } from './target.ts';

/** What one caller waits for at one target, and who is told of it. */
export interface Goal {
  /** Returns whether a reply that came during this wait reaches the goal. */
  isReached(): boolean;
  /** Returns whether only the deadline bounds the retries, because the API has accepted. */
  isAccepted(): boolean;
  onReply?(reply: Reply, nextInMs: number | null): void;
  onWaiting?(reason: WaitReason, nextInMs: number | null): void;
  /** Milliseconds until the request that follows when the goal is reached; null if none does. */
  nextInMs?(): number | null;
}

/** How one wait ended, and the requests that were sent or open during it. */
export interface WaitResult {
  /** null exactly when the goal was reached. */
  failure: Failure | null;
  requests: number;
}

/**
 * Waits until a target reaches the goal, fails, or the caller ends. The caller sends the requests
 * that are due if no other caller of the same target has; either way it sees every reply.
 *
 * @throws what the caller's `onReply` throws
 */
export async function waitFor(
  account: Account,
  target: Target,
  caller: Caller,
  goal: Goal,
): Promise<WaitResult> {
  const { time, line } = account;
  let cursor = target.replyCount;
  let requests = 0;
  let retries = 0;
  let unsent = 0;
  let last: Reply | null = null;
  let told: Target['waiting'] = null;

  /** When the caller's time is over; Infinity while its model is in a line that moves. */
  const deadline = () => {
    if (caller.begunAt === null && (target.open || !target.isBeginning())) {
      caller.begunAt = Math.max(caller.startedAt, target.open?.sentAt ?? time.now());
    }
    if (caller.begunAt !== null) return caller.begunAt + caller.timeoutMs;
    const { closedSince } = line;
    if (closedSince === null) return Infinity;
    return Math.max(closedSince, caller.callStartedAt) + caller.timeoutMs;
  };

  /** Returns the failure that ends this caller's wait; null if it goes on. */
  const judge = ({ failure, isQueueFull }: Reply, now: number): Failure | null => {
    if (!failure) return null;
    if (!failure.retryable) return failure;
    if (!failure.maybeSent) {
      if (goal.isAccepted()) return null;
      const maxRetries = account.context.maxRetries === 0 ? 0 : MAX_UNSENT_RETRIES;
      return unsent++ < maxRetries ? null : failure;
    }
    unsent = 0;
    if (isQueueFull && caller.isListed) caller.begunAt = null;
    if (failure.code !== 'rate_limited' && !goal.isAccepted()) {
      if (retries++ >= account.context.maxRetries) return failure;
    }
    const isRequested = failure.code === 'rate_limited' || failure.retryAfterMs !== null;
    return isRequested && earliest() - now > deadline() - now ? failure : null;
  };

  const earliest = () =>
    Math.max(target.nextAt, account.pausedUntil, target.isBeginning() ? line.notBefore : -Infinity);

  /** Returns the end of the wait, if a reply that has come since the last look is one. */
  const readReplies = (): WaitResult | null => {
    for (; cursor < target.replyCount; cursor++) {
      const reply = replyAt(target, cursor);
      if (!reply) continue;
      last = reply;
      const now = time.now();
      if (reply.failure?.maybeSent !== false) requests++;
      const failure = judge(reply, now);
      const isReached = !reply.failure && goal.isReached();
      caller.attempts++;
      const nextInMs = Math.max(0, earliest() - now);
      const isInTime = !failure && now + nextInMs < deadline();
      goal.onReply?.(reply, isReached ? (goal.nextInMs?.() ?? null) : isInTime ? nextInMs : null);
      told = null;
      if (!reply.isQueueFull) caller.onBegun?.();
      if (failure) return { failure, requests };
      if (isReached) return { failure: null, requests };
    }
    return null;
  };

  const describeLast = () => {
    if (!last) return 'no reply came';
    const { failure, parsed } = last;
    const words = [parsed.apiStatus, parsed.apiMessage].filter(Boolean).join(', ');
    return `last reply: ${failure?.message ?? words}`;
  };

  const failureOfDeadline = (): Failure => {
    const limit = formatDuration(caller.timeoutMs);
    const refusal = target.isBeginning() ? line.refusal : null;
    const reason = refusal ?? (goal.isAccepted() ? null : (last?.failure ?? null));
    if (!reason)
      return createFailure('wait_timeout', `The deadline of ${limit} passed; ${describeLast()}`);
    return { ...reason, message: `${reason.message}, and the deadline of ${limit} passed` };
  };

  /** Returns what ended the call, other than a reply; null if nothing did. */
  const findEnd = (now: number): Failure | null => {
    const { aborted } = caller.cancellation;
    if (aborted) {
      const message = `Aborted; ${describeLast()}`;
      return createFailure('aborted', message, { cause: aborted.reason });
    }
    const { count, failure } = account.stop;
    // A request that is open is not given up: what it has done already is not lost.
    if (failure && count > caller.stops && !target.open) {
      return { ...failure, message: `Stopped because another request failed: ${failure.message}` };
    }
    return now >= deadline() ? failureOfDeadline() : null;
  };

  /** Tells the caller why its model waits, once for each change. */
  const tell = (turn: Exclude<Turn, 'send'>, now: number) => {
    const isNews = caller.attempts === 0 && turn.until < Infinity;
    const reason = turn.reason ?? (isNews && !target.open ? 'pause' : null);
    if (reason === null) return;
    if (told?.reason === reason && told.until === turn.until) return;
    told = { reason, until: turn.until };
    goal.onWaiting?.(reason, turn.until === Infinity ? null : Math.max(0, turn.until - now));
  };

  const look = (): { result: WaitResult } | { until: number } => {
    if (caller.thrown) throw caller.thrown.reason;
    account.refresh(caller);
    const ended = readReplies();
    if (ended) return { result: ended };
    const now = time.now();
    const end = findEnd(now);
    const open = () => requests + (target.open ? 1 : 0);
    if (end) return { result: { failure: end, requests: open() } };
    const turn = account.turn(target);
    if (turn === 'send') {
      account.send(target, caller);
      return { until: deadline() };
    }
    tell(turn, now);
    // A request that the API asked to wait with for longer than the caller can.
    if (turn.failure && turn.until > deadline()) {
      return { result: { failure: turn.failure, requests: open() } };
    }
    return { until: Math.min(turn.until, deadline()) };
  };

  let isTimedOut = false;
  account.join(target, caller);
  try {
    for (;;) {
      const next = look();
      if ('until' in next) {
        await caller.sleepUntil(next.until);
        continue;
      }
      isTimedOut = next.result.failure !== null && next.result.failure.code !== 'aborted';
      return next.result;
    }
  } finally {
    account.leave(target, caller, isTimedOut);
  }
}
