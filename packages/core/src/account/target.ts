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

/** What is specific to a reload, an image check or the list. */
export interface TargetActions {
  /** Whether it is a model's reload, which may load when the API has accepted it. */
  readonly isModel: boolean;
  /** Returns whether the API has yet to accept it: then it waits in line while the queue is full. */
  isBeginning(): boolean;
  /** Builds the next request. A wait that has ended begins again with it. */
  request(now: number): TransportRequest;
  /** Applies a reply, sets `nextAt`, and returns the failure as it applies here. */
  receive(parsed: ParsedReply, now: number): Failure | null;
  /** Called when the first caller joins, to forget what has expired. */
  expire?(now: number): void;
}

/** One thing that is polled by the same request, whoever waits for it: plain data and its actions. */
export interface Target extends TargetActions {
  readonly callers: Set<Caller>;
  /** No request is sent before this moment of the monotonic time. */
  nextAt: number;
  /** The failure that asked for the wait until `nextAt`; null where the interval did. */
  pause: { failure: Failure; since: number } | null;
  open: Exchange | null;
  /** The latest replies, for the callers to read. */
  replies: Reply[];
  /** Replies since the target was created: the index of the next one. */
  replyCount: number;
  /** Why it waits, and until when; null while nothing but its interval keeps it. */
  waiting: { reason: WaitReason; until: number } | null;
}

/** A caller in a Worker reads late; no more replies than this come between two looks. */
const MAX_REPLIES = 20;

export function createTarget(actions: TargetActions): Target {
  return {
    ...actions,
    callers: new Set(),
    nextAt: -Infinity,
    pause: null,
    open: null,
    replies: [],
    replyCount: 0,
    waiting: null,
  };
}

/** Adds a reply for the callers to read. */
export function addReply(target: Target, reply: Reply): void {
  target.replyCount++;
  target.replies.push(reply);
  if (target.replies.length > MAX_REPLIES) target.replies.shift();
}

/** Returns the reply with this index; undefined if it is not there, or no longer. */
export function replyAt(target: Target, index: number): Reply | undefined {
  return target.replies[index - (target.replyCount - target.replies.length)];
}
