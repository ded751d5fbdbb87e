import type { Failure } from '../errors.ts';
import { refusalWaitMs, type PolicyOptions } from '../polling/retry-policy.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import type { Exchange, Target } from './target.ts';

/**
 * After this many acceptances without a refusal, one model more than before is tried, because the queue may
 * have room again. More trials would only be refused.
 */
const ACCEPTANCES_PER_TRIAL = 2;
/**
 * A trial is made only while all accepted models are younger than this, so that none has loaded without
 * being polled: a trial in its place would make its poll the one that is refused.
 */
const MAX_AGE_AT_TRIAL_MS = 60_000;
/** It is tried once, this long after a 'success' that may mean no more than accepted, what it means. */
const DOUBT_AFTER_MS = 30_000;

/** Most models have loaded by then, in milliseconds. */
const USUAL_LOAD_MS = 135_000;
/** An API that replies later than this replies when the model is loaded. */
const QUICK_REPLY_MS = 30_000;

/** A model that is believed to load. */
interface Load {
  since: number;
  /** When the belief ends if nobody polls it. */
  until: () => number;
  /** Whether the API returned `processing`, and not a 'success' that may mean no more than accepted. */
  isCertain: boolean;
}

/**
 * The line of models that the API has not accepted. It is closed when the account's queue is full: then
 * a model is begun only when one that this client had accepted has ended, or, if none is believed to
 * load, when the requested time is over.
 */
export interface Line {
  /** When it closed, or when the last model was accepted since; null while it is open. */
  readonly closedSince: number | null;
  /** What closed it. */
  readonly refusal: Failure | null;
  /** No model is begun before this moment: the time that the refusal requested. */
  readonly notBefore: number;
  /** Returns when the next model may be begun; Infinity if an event decides. */
  opensAt(now: number): number;
  sent(exchange: Exchange, now: number): void;
  /**
   * The queue was full.
   *
   * @param sent the number of the last request that was sent
   */
  refused(exchange: Exchange, failure: Failure, sent: number, now: number): void;
  /** A request came to something else than a full queue. */
  answered(
    exchange: Exchange,
    status: ParsedReply['status'],
    failure: Failure | null,
    now: number,
  ): void;
  /** A request was cut. */
  dropped(exchange: Exchange): void;
  /** A model no longer loads, as far as the client knows. */
  ended(target: Target): void;
  /** Forgets a requested time that is longer ago than a later caller has to respect. */
  capWait(latest: number): void;
}

export function createLine({ pollIntervalMs, random }: PolicyOptions): Line {
  const usualLoadMs = pollIntervalMs ?? USUAL_LOAD_MS;
  const loading = new Map<Target, Load>();
  let closed: { since: number; refusal: Failure } | null = null;
  let notBefore = -Infinity;
  let refusals = 0;
  let lastRefused = 0;
  /** Models that may be begun because others have ended; a refusal sets it to 0, an open line needs none. */
  let room = 0;
  let acceptances = 0;
  let open = 0;
  /** The number of the request that opens the line if it is not refused. */
  let probe = 0;
  /** When the uncertain loads may be doubted; a refusal then confirms them for the life of the client. */
  let doubtAt = Infinity;
  let isConfirmed = false;
  /** Whether the API ever returned `processing`: then its 'success' does not mean accepted. */
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
  /** Forgets what is no longer believed, and returns when the next belief ends. */
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
  /** Returns when one model may be begun to learn whether the queue is still full. */
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
  /** A beginning is no longer open, and the queue was not full. */
  const leave = ({ number }: Exchange, isLoading: boolean) => {
    open--;
    refusals = 0;
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
    get refusal() {
      return closed?.refusal ?? null;
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

    refused({ number }, refusal, sent, now) {
      open--;
      // Requests that were open together are refused together: that is one refusal.
      if (number > lastRefused) {
        refusals++;
        lastRefused = sent;
      }
      closed = { since: closed?.since ?? now, refusal };
      const waitMs = refusalWaitMs(refusal.retryAfterMs, refusals, 'account', random);
      notBefore = Math.max(notBefore, now + waitMs);
      room = 0;
      acceptances = 0;
      if (number === probe && loading.size > 0) isConfirmed = true;
      // A probe that is still open no longer tells anything.
      probe = 0;
      doubtAt = Infinity;
    },

    answered(exchange, status, failure, now) {
      const { target, isBeginning, sentAt } = exchange;
      reportsProcessing ||= status === 'processing';
      // A quick 'success' may mean no more than accepted: then the model still loads.
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
