import type { Failure } from '../errors.ts';
import type { Caller } from '../polling/caller.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import type { TransportRequest } from '../transport/types.ts';

/** Why the next request of a target cannot be sent now. */
export type WaitReason = 'slot' | 'line' | 'pause';

/** The result of one request. */
export interface Reply {
  readonly parsed: ParsedReply;
  /** The failure; the state of the target decides whether it is retryable. */
  readonly failure: Failure | null;
  /** Whether the account's queue was full and the model was not accepted yet. */
  readonly isQueueFull: boolean;
}

/** An open request. */
export interface Exchange {
  readonly target: Target;
  /** Sequence number among all requests of the client. */
  readonly number: number;
  readonly sentAt: number;
  readonly isBeginning: boolean;
  /** The caller that sent it. In a Worker, the request ends with it. */
  readonly sender: Caller;
  /** Ends the request without a reply. */
  abort(): void;
}

/** A caller in a Worker reads replies late; at most this many arrive between two checks. */
const MAX_REPLIES = 20;

/** Something that is polled by one series of requests for all its callers: a reload, an image check, the list. */
export abstract class Target {
  readonly callers = new Set<Caller>();
  /** No request is sent before this time, in monotonic milliseconds. */
  nextAt = -Infinity;
  /** The failure that requested the wait until `nextAt`; null if it is the interval. */
  pause: { failure: Failure; since: number } | null = null;
  open: Exchange | null = null;
  /** The latest replies, for the callers to read. */
  replies: Reply[] = NO_REPLIES;
  /** Replies since the target was created: the index of the next one. */
  replyCount = 0;
  /** Why it waits, and until when; null if it only waits for its interval. */
  waiting: { reason: WaitReason; until: number } | null = null;

  /** Whether it is the reload of a model, which may still be loading after the API has accepted it. */
  readonly isModel: boolean = false;

  /** Returns whether the API has yet to accept it. If so, it waits in line while the queue is full. */
  abstract isBeginning(): boolean;
  /** Builds the next request, and starts a new wait if the last one has ended. */
  abstract request(): TransportRequest;
  /** Applies a reply, sets `nextAt`, and returns the failure with its final `retryable`. */
  abstract receive(parsed: ParsedReply, now: number): Failure | null;
  /** Discards expired state; called when the first caller joins. */
  abstract expire(now: number): void;

  /** Sets when the next request may be sent, and keeps `failure` if it requested the wait. */
  waitUntil(at: number, failure: Failure | null, now: number): void {
    this.nextAt = at;
    this.pause = failure?.retryable && requestsWait(failure) ? { failure, since: now } : null;
  }

  /** Adds a reply for the callers to read. */
  addReply(reply: Reply): void {
    this.replyCount++;
    this.replies = [...this.replies.slice(1 - MAX_REPLIES), reply];
  }

  /** Returns the reply with this index; undefined if it does not exist or was discarded. */
  replyAt(index: number): Reply | undefined {
    return this.replies[index - (this.replyCount - this.replies.length)];
  }

  /** Discards what only callers need; called when the last one has left. */
  rest(): void {
    this.replies = NO_REPLIES;
    this.waiting = null;
  }
}

const NO_REPLIES: Reply[] = [];

/**
 * Returns whether a final failure ends every waiting call, because any other request would fail as well. It
 * is not reused for later callers, because the account may have new credits or a valid key by then.
 */
export function endsAllCalls({ code }: Failure): boolean {
  return code === 'unauthorized' || code === 'payment_required';
}

/** Returns whether the account's queue is full: the line or the client's pause then delays the next request. */
export function isQueueFull({ code, scope }: Failure): boolean {
  return code === 'rate_limited' && scope === 'account';
}

/** Returns whether the API requested a wait, rather than the interval. */
export function requestsWait({ code, retryAfterMs }: Failure): boolean {
  return code === 'rate_limited' || retryAfterMs !== null;
}
