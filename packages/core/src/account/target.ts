import type { Failure } from '../errors.ts';
import type { Caller } from '../polling/caller.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import type { TransportRequest } from '../transport/types.ts';

/** Why a target cannot be requested now. */
export type WaitReason = 'slot' | 'line' | 'pause';

/** What one request came to. */
export interface Reply {
  readonly parsed: ParsedReply;
  /** The failure as the state of the target makes it: retryable or not. */
  readonly failure: Failure | null;
  /** Whether the account's queue was full for a model that was not accepted yet. */
  readonly isQueueFull: boolean;
}

/** A request that is open. */
export interface Exchange {
  readonly target: Target;
  /** Counts the requests of the client. */
  readonly number: number;
  readonly sentAt: number;
  readonly isBeginning: boolean;
  /** The caller that carries it in a Worker. */
  readonly sender: Caller;
  /** Ends it without a reply. */
  cut(): void;
}

/** A caller in a Worker reads late; no more replies than this come between two looks. */
const MAX_REPLIES = 20;

/** One thing that is polled by the same request, whoever waits for it: a reload, an image check, the list. */
export abstract class Target {
  readonly callers = new Set<Caller>();
  /** No request is sent before this moment of the monotonic time. */
  nextAt = -Infinity;
  /** The failure that asked for the wait until `nextAt`; null where the interval did. */
  pause: { failure: Failure; since: number } | null = null;
  open: Exchange | null = null;
  /** The latest replies, for the callers to read. */
  replies: Reply[] = NO_REPLIES;
  /** Replies since the target was created: the index of the next one. */
  replyCount = 0;
  /** Why it waits, and until when; null while nothing but its interval keeps it. */
  waiting: { reason: WaitReason; until: number } | null = null;

  /** Whether it is a model's reload, which may load when the API has accepted it. */
  readonly isModel: boolean = false;

  /** Returns whether the API has yet to accept it: then it waits in line while the queue is full. */
  abstract isBeginning(): boolean;
  /** Builds the next request. A wait that has ended begins again with it. */
  abstract request(): TransportRequest;
  /** Applies a reply, sets `nextAt`, and returns the failure as it applies here. */
  abstract receive(parsed: ParsedReply, now: number): Failure | null;
  /** Called when the first caller joins, to forget what has expired. */
  abstract expire(now: number): void;

  /** Sets when the next request may be sent, by a failure that requested the wait or by the interval. */
  waitUntil(at: number, failure: Failure | null, now: number): void {
    this.nextAt = at;
    this.pause = failure?.retryable && requestsWait(failure) ? { failure, since: now } : null;
  }

  /** Adds a reply for the callers to read. */
  addReply(reply: Reply): void {
    this.replyCount++;
    this.replies = [...this.replies.slice(1 - MAX_REPLIES), reply];
  }

  /** Returns the reply with this index; undefined if it is not there, or no longer. */
  replyAt(index: number): Reply | undefined {
    return this.replies[index - (this.replyCount - this.replies.length)];
  }

  /** Forgets what only callers need, when the last one has left. */
  rest(): void {
    this.replies = NO_REPLIES;
    this.waiting = null;
  }
}

const NO_REPLIES: Reply[] = [];

/**
 * Returns whether a final failure ends every call that is waiting: no other request would fare better. It
 * does not answer later callers, because an account that was paid, or a new key, is tried again.
 */
export function endsAllCalls({ code }: Failure): boolean {
  return code === 'unauthorized' || code === 'payment_required';
}

/** Returns whether the account's queue is full: then the line, or the pause of the client, holds the next request. */
export function isQueueFull({ code, scope }: Failure): boolean {
  return code === 'rate_limited' && scope === 'account';
}

/** Returns whether the API requested a wait, rather than the interval. */
export function requestsWait({ code, retryAfterMs }: Failure): boolean {
  return code === 'rate_limited' || retryAfterMs !== null;
}
