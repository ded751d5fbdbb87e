import type { Failure } from '../errors.ts';
import type { PolicyOptions } from '../polling/retry-policy.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import { Loads } from './loads.ts';
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
/** A 'success' may mean only that the model was accepted. This long after one, a model is tried to find out. */
const EARLY_PROBE_AFTER_MS = 10_000;
/** After so many early probes in a row were accepted, a 'success' means that the model is loaded. */
const EARLY_PROBES_TO_OPEN = 2;
/** After a rejected early probe, the next one is sent only after so many acceptances in a row. */
const ACCEPTANCES_TO_PROBE = 12;

/** If a reply takes longer than this, the API replies only when the model is loaded. */
const QUICK_REPLY_MS = 30_000;

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

export function createLine(options: PolicyOptions): Line {
  const rejections = createRejections(options.random);
  const loads = new Loads(options);
  let closed: { since: number; rejection: Failure } | null = null;
  let notBefore = -Infinity;
  /** Number of models that may start because others have ended; a rejection resets it, an open line ignores it. */
  let room = 0;
  let acceptances = 0;
  let open = 0;
  /** A request that shows whether the queue is still full; early if it is sent while models may be loading. */
  let probe: { number: number; isEarly: boolean } | null = null;
  let earlyProbeAt = Infinity;
  let acceptedEarly = 0;
  /** Whether a probe was rejected, so that no early one is useful for now. */
  let isConfirmed = false;
  /** Whether the API ever returned `processing`: if so, its 'success' does not mean accepted. */
  let reportsProcessing = false;

  const tryOneMore = (now: number) => {
    if (!closed || acceptances < ACCEPTANCES_PER_TRIAL) return;
    if (!loads.areSince(now - MAX_AGE_AT_TRIAL_MS)) return;
    acceptances = 0;
    room++;
  };
  /** Returns when one model may be tried to find out whether the queue is still full. */
  const probeAt = () => {
    if (open > 0) return Infinity;
    if (loads.size === 0) return -Infinity;
    return loads.hasCertain() ? Infinity : earlyProbeAt;
  };

  const accept = (target: Target, now: number, isCertain: boolean) => {
    loads.add(target, isCertain, now);
    if (closed) closed.since = now;
    else loads.forgetOldest(now);
    acceptances++;
    if (acceptances >= ACCEPTANCES_TO_PROBE) isConfirmed = false;
    earlyProbeAt = isConfirmed ? Infinity : now + EARLY_PROBE_AFTER_MS;
    if (isCertain) tryOneMore(now);
  };
  const end = (target: Target) => {
    if (loads.delete(target)) room++;
  };
  /** Returns whether the result of a request shows that the queue is not full. */
  const provesRoom = (number: number, isLoading: boolean) => {
    if (probe?.number !== number) return false;
    return !probe.isEarly || (isLoading && ++acceptedEarly >= EARLY_PROBES_TO_OPEN);
  };
  /** Records that a first request has ended and the queue was not full. */
  const leave = ({ number }: Exchange, isLoading: boolean) => {
    open--;
    rejections.reset();
    loads.confirm(number);
    if (provesRoom(number, isLoading)) {
      closed = null;
      room = 0;
      isConfirmed = false;
    } else if (!isLoading) room++;
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
      if (notBefore > now) return notBefore;
      if (room > 0) return now;
      return Math.max(now, Math.min(loads.nextEndAt(), probeAt()));
    },

    sent({ number }, now) {
      if (room > 0) room--;
      else if (closed) {
        const isDue = loads.nextEndAt() <= now;
        if (!isDue) probe = { number, isEarly: loads.size > 0 };
        loads.replaceNext(number, isDue);
      }
      open++;
    },

    rejected(exchange, rejection, sent, now) {
      open--;
      if (!closed) loads.forgetEnded(now);
      loads.restore(exchange.number);
      closed = { since: closed?.since ?? now, rejection };
      notBefore = Math.max(notBefore, now + rejections.add(exchange, rejection, sent));
      room = 0;
      acceptances = 0;
      if (exchange.number === probe?.number) isConfirmed = true;
      // A probe that is still open proves nothing any more.
      probe = null;
      earlyProbeAt = Infinity;
      acceptedEarly = 0;
    },

    answered(exchange, status, failure, now) {
      const { target, isBeginning, sentAt } = exchange;
      reportsProcessing ||= status === 'processing';
      // A quick 'success' may mean only accepted: the model may still be loading.
      const mayLoad = status === 'success' && !reportsProcessing && now - sentAt < QUICK_REPLY_MS;
      const isLoading = isBeginning && target.isModel && (status === 'processing' || mayLoad);
      if (isLoading) accept(target, now, !mayLoad);
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
