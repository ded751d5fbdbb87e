import { formatDuration } from '../duration.ts';
import { createFailure, type Failure } from '../errors.ts';
import type { Caller } from '../polling/caller.ts';
import { MAX_UNSENT_RETRIES } from '../polling/retry-policy.ts';
import type { Account, Turn } from './account.ts';
import { type Reply, type Target, type WaitReason } from './target.ts';

/** What one caller waits for at one target, and who is told of it. */
export interface Goal {
  /** Returns whether a reply that came during this wait reaches the goal. */
  isReached(): boolean;
  /** Returns whether only the deadline bounds the retries, because the API has accepted. */
  isAccepted(): boolean;
  onReply?(reply: Reply, nextInMs: number | null): void;
  onWaiting?(reason: WaitReason, nextInMs: number | null): void;
  /** Returns what the API last returned to an earlier call; null if nothing is known. */
  lastKnown?(): string | null;
  /** Milliseconds until the request that follows when the goal is reached; null if none does. */
  nextInMs?(): number | null;
}

/** How one wait ended, and the requests that were sent or open during it. */
export interface WaitResult {
  /** null exactly when the goal was reached. */
  failure: Failure | null;
  requests: number;
}

/** When a caller looks again, unless it is woken before; and whether only its deadline sets that moment. */
interface NextLook {
  until: number;
  isDeadline: boolean;
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

// A class, because ten thousand callers that wait should not hold a closure for each of its functions.
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
  #told: Target['waiting'] = null;

  constructor(account: Account, target: Target, caller: Caller, goal: Goal) {
    this.#account = account;
    this.#target = target;
    this.#caller = caller;
    this.#goal = goal;
    this.#cursor = target.replyCount;
  }

  /** Returns the end of the wait, or when to look again. Sends the next request if it is this caller's turn. */
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
    // The API requested a wait that is longer than the caller's time.
    if (turn.failure && turn.until > this.#deadline()) return this.#endWith(turn.failure);
    this.#tell(turn, now);
    return this.#nextLook(turn.until);
  }

  #endWith(failure: Failure): WaitResult {
    return { failure, requests: this.#requests + (this.#target.open ? 1 : 0) };
  }

  /** When the caller's time is over; Infinity while its model is in a line that moves. */
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

  /** The earliest moment of the target's next request. */
  #earliest(): number {
    const { line, pausedUntil } = this.#account;
    const target = this.#target;
    const lineUntil = target.isBeginning() ? line.notBefore : -Infinity;
    return Math.max(target.nextAt, pausedUntil, lineUntil);
  }

  /**
   * Returns when to look next. The end of a request wakes every caller of its target, and the first
   * caller wakes the others when something changes: they need a timer only for a deadline that is earlier.
   */
  #nextLook(until: number): NextLook {
    const end = this.#deadline();
    const { open, callers } = this.#target;
    const wakesAt = open ? open.sentAt + this.#account.context.requestTimeoutMs : until;
    const [first] = callers;
    const isWoken = wakesAt < end && (open !== null || first !== this.#caller);
    if (isWoken) return { until: Infinity, isDeadline: true };
    return { until: Math.min(until, end), isDeadline: end <= until };
  }

  /** Returns the end of the wait, if a reply that has come since the last look is one. */
  #readReplies(): WaitResult | null {
    const target = this.#target;
    const goal = this.#goal;
    for (; this.#cursor < target.replyCount; this.#cursor++) {
      const reply = target.replyAt(this.#cursor);
      if (!reply) continue;
      this.#last = reply;
      if (reply.failure?.maybeSent !== false) this.#requests++;
      const now = this.#account.time.now();
      const failure = this.#judge(reply);
      const isReached = !reply.failure && goal.isReached();
      this.#caller.attempts++;
      const nextInMs = Math.max(0, this.#earliest() - now);
      const isInTime = !failure && now + nextInMs < this.#deadline();
      goal.onReply?.(reply, isReached ? (goal.nextInMs?.() ?? null) : isInTime ? nextInMs : null);
      this.#told = null;
      if (!reply.isQueueFull) this.#caller.options.onBegun?.();
      if (failure || isReached) return { failure, requests: this.#requests };
    }
    return null;
  }

  /** Returns the failure that ends this caller's wait; null if it goes on. */
  #judge({ failure, isQueueFull }: Reply): Failure | null {
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

  /** Returns what ended the call, other than a reply; null if nothing did. */
  #findEnd(now: number): Failure | null {
    const { cancellation, options } = this.#caller;
    if (cancellation.aborted) {
      const cause = cancellation.aborted.reason;
      return createFailure('aborted', `Aborted; ${this.#describeLast()}`, { cause });
    }
    const { count, failure } = this.#account.stop;
    // A request that is open is not given up: what it has done already is not lost.
    if (failure && count > options.stops && !this.#target.open) {
      return { ...failure, message: `Stopped because another request failed: ${failure.message}` };
    }
    return now >= this.#deadline() ? this.#failureOfDeadline() : null;
  }

  #failureOfDeadline(): Failure {
    const limit = formatDuration(this.#caller.options.timeoutMs);
    const refusal = this.#target.isBeginning() ? this.#account.line.refusal : null;
    const reason = refusal ?? (this.#goal.isAccepted() ? null : (this.#last?.failure ?? null));
    if (reason) {
      return { ...reason, message: `${reason.message}, and the deadline of ${limit} passed` };
    }
    const message = `The deadline of ${limit} passed; ${this.#describeLast()}`;
    return createFailure('wait_timeout', message);
  }

  #describeLast(): string {
    if (!this.#last) {
      const known = this.#goal.lastKnown?.() ?? null;
      return known === null ? 'no reply came' : `last reply, to an earlier call: ${known}`;
    }
    const { failure, parsed } = this.#last;
    const words = [parsed.apiStatus, parsed.apiMessage].filter(Boolean).join(', ');
    return `last reply: ${failure?.message ?? words}`;
  }

  /** Tells the caller why its model waits, once for each change. */
  #tell(turn: Exclude<Turn, 'send'>, now: number): void {
    const isNews = this.#caller.attempts === 0 && !this.#target.open;
    const reason = turn.reason ?? (isNews ? 'pause' : null);
    if (reason === null) return;
    if (this.#told?.reason === reason && this.#told.until === turn.until) return;
    this.#told = { reason, until: turn.until };
    this.#goal.onWaiting?.(reason, turn.until === Infinity ? null : Math.max(0, turn.until - now));
  }
}
