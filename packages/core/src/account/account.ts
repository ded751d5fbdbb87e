import type { Context } from '../context.ts';
import type { Failure } from '../errors.ts';
import { LOOK_INTERVAL_MS, type Caller } from '../polling/caller.ts';
import { Deadlines } from '../polling/deadlines.ts';
import { requestIntervalMs } from '../polling/retry-policy.ts';
import type { Time } from '../polling/time.ts';
import { parseResult, sendRequest, type ExchangeResult } from './exchange.ts';
import { createKeyTrust } from './key.ts';
import { createLine, type Line } from './line.ts';
import { createPause } from './pause.ts';
import { createSlots } from './slots.ts';
import {
  endsAllCalls,
  isQueueFull,
  type Exchange,
  type Target,
  type WaitReason,
} from './target.ts';

/** Maximum time that a wait requested by the API applies to later callers. */
const MAX_REMEMBERED_WAIT_MS = 600_000;
/** A caller or sender in a Worker is considered gone if it has not checked in for this long. */
const GONE_AFTER_MS = 4 * LOOK_INTERVAL_MS;

/** Permission to send a target's next request now, or when to check again. */
export type Turn =
  | 'send'
  | {
      /** The earliest time of the request; Infinity if an event ends the wait. */
      until: number;
      reason: WaitReason | null;
      /** The failure that requested the wait; null if none did. */
      failure: Failure | null;
    };

/** The state of one key's account, as far as this client knows it. All requests are sent from here. */
export interface Account {
  readonly context: Context;
  readonly time: Time;
  readonly line: Line;
  /** Ends requests at their timeout, and wakes callers at their deadline unless something else does before. */
  readonly deadlines: Deadlines;
  /** No request is sent before this time, because the API rejected a poll while the queue was full. */
  readonly pausedUntil: number;
  /** The last failure that ended all calls, such as an invalid key, and how often that happened. */
  readonly stop: { count: number; failure: Failure | null };
  join(target: Target, caller: Caller): void;
  leave(target: Target, caller: Caller, isTimedOut: boolean): void;
  /** Removes callers and senders in a Worker that are gone. */
  refresh(caller: Caller): void;
  turn(target: Target, caller: Caller): Turn;
  send(target: Target, caller: Caller): void;
}

export function createAccount(context: Context, time: Time): Account {
  const { concurrency, random, isIsolated } = context;
  const intervalMs = requestIntervalMs(context);
  const line = createLine(context);
  const slots = createSlots(concurrency);
  const pause = createPause(random);
  const key = createKeyTrust();
  /** Targets that have callers. */
  const busy = new Set<Target>();
  const stop: Account['stop'] = { count: 0, failure: null };
  const deadlines = new Deadlines(time);
  let sent = 0;

  const wakeAll = (target: Target, but: Caller | null = null) => {
    if (isIsolated) return;
    for (const caller of target.callers) if (caller !== but) caller.wake();
  };
  /** Wakes the caller that sends for its target. In a Worker, each caller checks on its own timer instead. */
  const wakeFirst = (target: Target | undefined) => {
    if (isIsolated || !target) return;
    for (const caller of target.callers) return caller.wake();
  };
  const wakeNext = () => wakeFirst(slots.next());

  const drop = (exchange: Exchange) => {
    slots.free(exchange);
    exchange.target.open = null;
  };
  /** Abandons an open request, which may have reached the server, because it has no callers or its sender is gone. */
  const giveUp = (exchange: Exchange) => {
    drop(exchange);
    line.dropped(exchange);
    exchange.target.nextAt = Math.max(exchange.target.nextAt, time.now() + intervalMs);
  };

  const finish = (exchange: Exchange, result: ExchangeResult) => {
    const { target } = exchange;
    if (!slots.open.has(exchange)) return;
    drop(exchange);
    const now = time.now();
    let parsed = parseResult(result, context, time.wallMs());
    if (parsed.failure) {
      parsed = { ...parsed, failure: key.forgive(parsed.failure, exchange, sent) };
    } else key.accepted();
    const isFull = parsed.failure !== null && isQueueFull(parsed.failure);
    if (parsed.failure?.code !== 'rate_limited') pause.answered();

    // A model that is not accepted waits in line; for an accepted one the whole client pauses.
    if (parsed.failure && isFull) {
      (exchange.isBeginning ? line : pause).rejected(exchange, parsed.failure, sent, now);
    }
    const failure = target.receive(parsed, now);
    if (!isFull) line.answered(exchange, parsed.status, failure, now);
    // A target in line keeps its position in the queue.
    if (!isFull) slots.dequeue(target);
    target.addReply({ parsed, failure, isQueueFull: isFull && exchange.isBeginning });
    if (failure && !failure.retryable && endsAllCalls(failure)) {
      stop.count++;
      stop.failure = failure;
      for (const one of busy) wakeAll(one);
    }
    // In a Worker, only the sender's timer may be ended here, because the reply arrives in its context.
    if (isIsolated) exchange.sender.wake();
    wakeAll(target);
    wakeNext();
  };

  /** Records why a target waits, and wakes its other callers when that changes. */
  const note = (target: Target, caller: Caller, waiting: Target['waiting']) => {
    const { reason, until } = target.waiting ?? {};
    if (reason === waiting?.reason && until === waiting?.until) return;
    target.waiting = waiting;
    if (waiting) wakeAll(target, caller);
  };

  const leave: Account['leave'] = (target, caller, isTimedOut) => {
    if (!target.callers.delete(caller)) return;
    const { open } = target;
    // In a Worker, a request cannot outlive its sender.
    if (open && (isIsolated ? open.sender === caller : target.callers.size === 0)) {
      open.abort();
      giveUp(open);
    }
    if (target.callers.size > 0) return wakeFirst(target);
    busy.delete(target);
    slots.dequeue(target);
    target.rest();
    if (isTimedOut) line.ended(target);
    wakeNext();
  };

  const refresh: Account['refresh'] = (caller) => {
    if (!isIsolated) return;
    const now = time.now();
    caller.seenAt = now;
    for (const exchange of slots.open) {
      // In a Worker, no other caller may abort the request of a sender that is gone.
      if (now - exchange.sender.seenAt > GONE_AFTER_MS) giveUp(exchange);
    }
    for (const other of busy) {
      for (const one of other.callers) {
        if (now - one.seenAt > GONE_AFTER_MS) leave(other, one, false);
      }
    }
  };

  return {
    context,
    time,
    line,
    deadlines,
    stop,
    get pausedUntil() {
      return pause.until;
    },

    join(target, caller) {
      refresh(caller);
      const now = time.now();
      if (busy.size === 0) {
        pause.cap(MAX_REMEMBERED_WAIT_MS);
        line.capWait(now + MAX_REMEMBERED_WAIT_MS);
      }
      if (target.callers.size === 0) {
        const latest = (target.pause?.since ?? Infinity) + MAX_REMEMBERED_WAIT_MS;
        target.nextAt = Math.min(target.nextAt, latest);
        target.expire(now);
      }
      target.callers.add(caller);
      busy.add(target);
    },

    leave,

    refresh,

    turn(target, caller) {
      const now = time.now();
      const wait = (until: number, reason: WaitReason | null, failure: Failure | null = null) => {
        note(target, caller, reason && { reason, until });
        return { until, reason, failure };
      };
      if (target.open) return wait(Infinity, null);
      if (target.nextAt > now) {
        return wait(target.nextAt, target.pause && 'pause', target.pause?.failure);
      }
      target.pause = null;
      if (pause.until > now) return wait(pause.until, 'pause', pause.failure);
      slots.enqueue(target);
      if (target.isBeginning()) {
        const opensAt = line.opensAt(now);
        if (opensAt > now)
          return wait(opensAt, 'line', line.notBefore > now ? line.rejection : null);
      }
      return slots.isFree(target) ? 'send' : wait(Infinity, 'slot');
    },

    send(target, caller) {
      const now = time.now();
      const isBeginning = target.isBeginning();
      const abortRequest = sendRequest(
        {
          transport: context.transport,
          time,
          // In a Worker, a timer serves only the context that started it.
          deadlines: isIsolated ? new Deadlines(time) : deadlines,
          requestTimeoutMs: context.requestTimeoutMs,
        },
        () => target.request(),
        (result) => finish(exchange, result),
      );
      const exchange: Exchange = {
        target,
        number: ++sent,
        sentAt: now,
        isBeginning,
        sender: caller,
        abort: abortRequest,
      };
      target.open = exchange;
      target.waiting = null;
      if (isBeginning) line.sent(exchange, now);
      else slots.dequeue(target);
      slots.take(exchange);
      wakeAll(target, caller);
      wakeNext();
    },
  };
}
