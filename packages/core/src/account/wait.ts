import { formatDuration } from '../duration.ts';
import { createFailure, type Failure } from '../errors.ts';
import type { Caller } from '../polling/caller.ts';
import { MAX_UNSENT_RETRIES } from '../polling/retry-policy.ts';
import type { Account, Turn } from './account.ts';
import type { Reply, Target, WaitReason } from './target.ts';

/** What one caller waits for, and the callbacks that report progress. */
export interface Goal {
  /** Returns whether the last reply of this wait reaches the goal. */
  isReached(): boolean;
  /** Returns whether the API has accepted the request, so that only the deadline limits retries. */
  isAccepted(): boolean;
  onReply?(reply: Reply, nextInMs: number | null): void;
  onWaiting?(reason: WaitReason, nextInMs: number | null): void;
  /** Returns the status and message of the last reply to an earlier call; null if there was none. */
  lastKnown?(): string | null;
  /** Returns the milliseconds until the request that follows the goal; null if none does. */
  nextInMs?(): number | null;
}

/** The end of one wait, and the number of requests that were sent or open during it. */
export interface WaitResult {
  /** null if and only if the goal was reached. */
  failure: Failure | null;
  requests: number;
}

/** When a caller checks again unless it is woken before, and whether that time is its deadline. */
interface NextLook {
  until: number;
  isDeadline: boolean;
}

/**
 * Waits until a target reaches the goal, fails, or the caller ends. The caller sends the requests that are
 * due unless another caller of the target already has; either way it sees every reply.
 *
 * @throws what the caller's `onReply` throws
 */
export async function waitFor(
  account: Account,
  target: Target,
  caller: Caller,
  goal: Goal,
): Promise<WaitResult> {
  const wait = new Wait(account, target, caller, goal);
  let isTimedOut = false;
  account.join(target, caller);
  try {
    for (;;) {
      const next = wait.look();
      if ('until' in next) {
        await (next.isDeadline
          ? caller.sleepUntilWoken(account.deadlines, next.until)
          : caller.sleepUntil(next.until));
        continue;
      }
      isTimedOut = next.failure !== null && next.failure.code !== 'aborted';
      return next;
    }
  } finally {
    account.leave(target, caller, isTimedOut);
  }
}

// A class, because ten thousand waiting callers should not each hold a closure for every function.
class Wait {
  readonly #account: Account;
  readonly #target: Target;
  readonly #caller: Caller;
  readonly #goal: Goal;
  #cursor: number;
  #requests = 0;
  #retries = 0;
  #unsent = 0;
  #last: Reply | null = null;
  #reported: Target['waiting'] = null;

  constructor(account: Account, target: Target, caller: Caller, goal: Goal) {
    this.#account = account;
    this.#target = target;
    this.#caller = caller;
    this.#goal = goal;
    this.#cursor = target.replyCount;
  }

  /** Returns the end of the wait, or when to check again. Sends the next request if it is this caller's turn. */
  look(): WaitResult | NextLook {
    const account = this.#account;
    const target = this.#target;
    const caller = this.#caller;
    if (caller.thrown) throw caller.thrown.reason;
    account.refresh(caller);
    const ended = this.#readReplies();
    if (ended) return ended;
    const now = account.time.now();
    const end = this.#findEnd(now);
    if (end) return this.#endWith(end);
    const turn = account.turn(target, caller);
    if (turn === 'send') {
      account.send(target, caller);
      return this.#nextLook(Infinity);
    }
    // The API requested a longer wait than the caller has left.
    if (turn.failure && turn.until > this.#deadline()) return this.#endWith(turn.failure);
    this.#reportWait(turn, now);
    return this.#nextLook(turn.until);
  }

  #endWith(failure: Failure): WaitResult {
    return { failure, requests: this.#requests + (this.#target.open ? 1 : 0) };
  }

  /** Returns the caller's deadline; Infinity if its model has not started and the line is open. */
  #deadline(): number {
    const target = this.#target;
    const caller = this.#caller;
    if (caller.begunAt === null && (target.open || !target.isBeginning())) {
      const begunAt = target.open?.sentAt ?? this.#account.time.now();
      caller.begunAt = Math.max(caller.startedAt, begunAt);
    }
    if (caller.begunAt !== null) return caller.begunAt + caller.options.timeoutMs;
    const { closedSince } = this.#account.line;
    if (closedSince === null) return Infinity;
    return Math.max(closedSince, caller.callStartedAt) + caller.options.timeoutMs;
  }

  /** Returns the earliest time of the target's next request. */
  #earliest(): number {
    const { line, pausedUntil } = this.#account;
    const target = this.#target;
    const lineUntil = target.isBeginning() ? line.notBefore : -Infinity;
    return Math.max(target.nextAt, pausedUntil, lineUntil);
  }

  /**
   * Returns when to check next. The end of a request wakes every caller of its target, and the first caller
   * wakes the others when something changes. Those callers need a timer only for an earlier deadline.
   */
  #nextLook(until: number): NextLook {
    const end = this.#deadline();
    const { open, callers } = this.#target;
    const wakesAt = open ? open.sentAt + this.#account.context.requestTimeoutMs : until;
    const [first] = callers;
    const isWoken = wakesAt < end && (open !== null || first !== this.#caller);
    if (isWoken) return { until: Infinity, isDeadline: false };
    return { until: Math.min(until, end), isDeadline: end <= until };
  }

  /** Returns the end of the wait if a reply since the last check ends it; null otherwise. */
  #readReplies(): WaitResult | null {
    const target = this.#target;
    const goal = this.#goal;
    for (; this.#cursor < target.replyCount; this.#cursor++) {
      const reply = target.replyAt(this.#cursor);
      if (!reply) continue;
      this.#last = reply;
      if (reply.failure?.maybeSent !== false) this.#requests++;
      const now = this.#account.time.now();
      const failure = this.#findFailure(reply);
      const isReached = !reply.failure && goal.isReached();
      this.#caller.attempts++;
      const nextInMs = Math.max(0, this.#earliest() - now);
      const isInTime = !failure && now + nextInMs < this.#deadline();
      goal.onReply?.(reply, isReached ? (goal.nextInMs?.() ?? null) : isInTime ? nextInMs : null);
      this.#reported = null;
      if (!reply.isQueueFull) this.#caller.options.onBegun?.();
      if (failure || isReached) return { failure, requests: this.#requests };
    }
    return null;
  }

  /** Returns the failure that ends this caller's wait; null if it continues. */
  #findFailure({ failure, isQueueFull }: Reply): Failure | null {
    if (!failure) return null;
    if (!failure.retryable) return failure;
    const { maxRetries } = this.#account.context;
    const isAccepted = this.#goal.isAccepted();
    if (!failure.maybeSent) {
      const maxUnsent = maxRetries === 0 ? 0 : MAX_UNSENT_RETRIES;
      return isAccepted || this.#unsent++ < maxUnsent ? null : failure;
    }
    this.#unsent = 0;
    if (isQueueFull && this.#caller.options.isListed) this.#caller.begunAt = null;
    const isBounded = failure.code !== 'rate_limited' && !isAccepted;
    return isBounded && this.#retries++ >= maxRetries ? failure : null;
  }

  /** Returns why the call ends regardless of replies: abort, stop or deadline; null if it continues. */
  #findEnd(now: number): Failure | null {
    const { cancellation, options } = this.#caller;
    if (cancellation.aborted) {
      const cause = cancellation.aborted.reason;
      return createFailure('aborted', `Ended early; ${this.#describeLast()}`, { cause });
    }
    const { count, failure } = this.#account.stop;
    // An open request is not abandoned, so that its result is not lost.
    if (failure && count > options.stops && !this.#target.open) {
      return { ...failure, message: `Stopped because another request failed: ${failure.message}` };
    }
    return now >= this.#deadline() ? this.#failureOfDeadline() : null;
  }

  #failureOfDeadline(): Failure {
    const limit = formatDuration(this.#caller.options.timeoutMs);
    const rejection = this.#target.isBeginning() ? this.#account.line.rejection : null;
    const reason = rejection ?? (this.#goal.isAccepted() ? null : (this.#last?.failure ?? null));
    if (reason) {
      return { ...reason, message: `${reason.message}, and the deadline of ${limit} passed` };
    }
    const message = `The deadline of ${limit} passed; ${this.#describeLast()}`;
    return createFailure('wait_timeout', message);
  }

  #describeLast(): string {
    if (!this.#last) {
      const known = this.#goal.lastKnown?.() ?? null;
      return known === null ? 'no reply received' : `last reply, to an earlier call: ${known}`;
    }
    const { failure, parsed } = this.#last;
    const words = [parsed.apiStatus, parsed.apiMessage].filter(Boolean).join(', ');
    return `last reply: ${failure?.message ?? words}`;
  }

  /** Reports to the caller why its model waits, once for each change. */
  #reportWait(turn: Exclude<Turn, 'send'>, now: number): void {
    const isNews = this.#caller.attempts === 0 && !this.#target.open;
    const reason = turn.reason ?? (isNews ? 'pause' : null);
    if (reason === null) return;
    if (this.#reported?.reason === reason && this.#reported.until === turn.until) return;
    this.#reported = { reason, until: turn.until };
    this.#goal.onWaiting?.(reason, turn.until === Infinity ? null : Math.max(0, turn.until - now));
  }
}
