import type { Failure } from '../errors.ts';
import type { PolicyOptions } from '../polling/retry-policy.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import { createRejections } from './rejections.ts';
import type { Exchange, Target } from './target.ts';

/**
 * After this many acceptances without a rejection, one additional model is tried, because the queue may have
 * room again. More frequent trials would only be rejected.
 */
const ACCEPTANCES_PER_TRIAL = 2;
/**
 * A trial is made only while all models were accepted more recently than this. An older one may have loaded
 * but not been polled yet: the trial would take its room in the queue, and its poll would be rejected.
 */
const MAX_AGE_AT_TRIAL_MS = 60_000;
/** A 'success' may mean only that the model was accepted. One model is tried after this long to find out. */
const DOUBT_AFTER_MS = 30_000;

/** Most models load within this time, in milliseconds. */
const USUAL_LOAD_MS = 135_000;
/** If a reply takes longer than this, the API replies only when the model is loaded. */
const QUICK_REPLY_MS = 30_000;

/** A model that is assumed to be loading. */
interface Load {
  since: number;
  /** When the assumption expires if the model has no callers. */
  until: () => number;
  /** Whether the API returned `processing`, rather than a 'success' that may mean only accepted. */
  isCertain: boolean;
}

/**
 * The line of models that the API has not accepted. It closes when the account's queue is full. The next
 * model then starts when an accepted one of this client has ended or, if none is assumed to be loading,
 * when the time that the API requested is over.
 */
export interface Line {
  /** When it closed, or when the last model was accepted after that; null while it is open. */
  readonly closedSince: number | null;
  /** The failure that closed it; null while it is open. */
  readonly rejection: Failure | null;
  /** No model starts before this time, which the API requested. */
  readonly notBefore: number;
  /** Returns when the next model may start; Infinity if that depends on an event. */
  opensAt(now: number): number;
  sent(exchange: Exchange, now: number): void;
  /**
   * Records that the queue was full.
   *
   * @param sent the number of the last request that was sent
   */
  rejected(exchange: Exchange, failure: Failure, sent: number, now: number): void;
  /** Records any other result of a request. */
  answered(
    exchange: Exchange,
    status: ParsedReply['status'],
    failure: Failure | null,
    now: number,
  ): void;
  /** Records that a request was aborted. */
  dropped(exchange: Exchange): void;
  /** Records that a model is no longer loading, as far as the client knows. */
  ended(target: Target): void;
  /** Limits a requested wait for callers that join later. */
  capWait(latest: number): void;
}

export function createLine({ pollIntervalMs, random }: PolicyOptions): Line {
  const usualLoadMs = pollIntervalMs ?? USUAL_LOAD_MS;
  const rejections = createRejections(random);
  const loading = new Map<Target, Load>();
  let closed: { since: number; rejection: Failure } | null = null;
  let notBefore = -Infinity;
  /** Number of models that may start because others have ended; a rejection resets it, an open line ignores it. */
  let room = 0;
  let acceptances = 0;
  let open = 0;
  /** The number of the request that opens the line if it is not rejected. */
  let probe = 0;
  /** When a model may be tried although uncertain loads exist. If it is rejected, they are confirmed. */
  let doubtAt = Infinity;
  let isConfirmed = false;
  /** Whether the API ever returned `processing`: if so, its 'success' does not mean accepted. */
  let reportsProcessing = false;

  const release = () => {
    room++;
  };
  const tryOneMore = (now: number) => {
    if (!closed || ++acceptances < ACCEPTANCES_PER_TRIAL) return;
    for (const { since } of loading.values()) if (now - since > MAX_AGE_AT_TRIAL_MS) return;
    acceptances = 0;
    room++;
  };
  /** Removes expired assumptions, and returns when the next one expires. */
  const forgetUnpolled = (now: number) => {
    let earliest = Infinity;
    for (const [target, { until }] of loading) {
      if (target.callers.size > 0) continue;
      const at = until();
      if (at > now) earliest = Math.min(earliest, at);
      else if (loading.delete(target)) release();
    }
    return earliest;
  };
  const isCertain = () => [...loading.values()].some((load) => load.isCertain);
  /** Returns when one model may start to find out whether the queue is still full. */
  const probeAt = (now: number) => {
    if (open > 0) return Infinity;
    if (loading.size === 0) return now;
    return isCertain() ? Infinity : Math.max(now, doubtAt);
  };

  const accept = (target: Target, now: number, isDoubtful: boolean) => {
    const until = isDoubtful ? () => now + usualLoadMs : () => target.nextAt;
    loading.set(target, { since: now, until, isCertain: !isDoubtful });
    if (closed) closed.since = now;
    doubtAt = isConfirmed ? Infinity : now + DOUBT_AFTER_MS;
    tryOneMore(now);
  };
  const end = (target: Target) => {
    if (loading.delete(target)) release();
  };
  /** Records that a first request has ended and the queue was not full. */
  const leave = ({ number }: Exchange, isLoading: boolean) => {
    open--;
    rejections.reset();
    if (number === probe) {
      closed = null;
      room = 0;
      isConfirmed = false;
    } else if (!isLoading) release();
  };

  return {
    get closedSince() {
      return closed?.since ?? null;
    },
    get rejection() {
      return closed?.rejection ?? null;
    },
    get notBefore() {
      return closed ? notBefore : -Infinity;
    },

    opensAt(now) {
      if (!closed) return now;
      const earliest = forgetUnpolled(now);
      if (notBefore > now) return notBefore;
      return room > 0 ? now : Math.min(earliest, probeAt(now));
    },

    sent({ number }, now) {
      if (closed && room === 0 && probeAt(now) <= now) probe = number;
      if (room > 0) room--;
      open++;
    },

    rejected(exchange, rejection, sent, now) {
      open--;
      closed = { since: closed?.since ?? now, rejection };
      notBefore = Math.max(notBefore, now + rejections.add(exchange, rejection, sent));
      room = 0;
      acceptances = 0;
      if (exchange.number === probe && loading.size > 0) isConfirmed = true;
      // A probe that is still open proves nothing any more.
      probe = 0;
      doubtAt = Infinity;
    },

    answered(exchange, status, failure, now) {
      const { target, isBeginning, sentAt } = exchange;
      reportsProcessing ||= status === 'processing';
      // A quick 'success' may mean only accepted: the model may still be loading.
      const mayLoad = status === 'success' && !reportsProcessing && now - sentAt < QUICK_REPLY_MS;
      const isLoading = isBeginning && target.isModel && (status === 'processing' || mayLoad);
      if (isLoading) accept(target, now, mayLoad);
      else if (status === 'success' || (failure && !failure.retryable)) end(target);
      if (isBeginning) leave(exchange, isLoading);
    },

    dropped(exchange) {
      if (exchange.isBeginning) leave(exchange, false);
    },

    ended: end,

    capWait(latest) {
      notBefore = Math.min(notBefore, latest);
    },
  };
}
