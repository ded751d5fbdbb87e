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

/** A wait that the API requested is remembered for callers who come later for this long. */
const MAX_REMEMBERED_WAIT_MS = 600_000;
/** A caller or sender in a Worker that has not looked for this long has gone. */
const GONE_AFTER_MS = 4 * LOOK_INTERVAL_MS;

/** Whether a target may be requested now. */
export type Turn =
  | 'send'
  | {
      /** The earliest moment; Infinity if an event decides. */
      until: number;
      reason: WaitReason | null;
      /** What asked for the wait; null if it is no refusal. */
      failure: Failure | null;
    };

/** The account behind one key, as far as this client can know it: the one place that sends requests. */
export interface Account {
  readonly context: Context;
  readonly time: Time;
  readonly line: Line;
  /** Wakes callers that only their deadline would wake. */
  readonly deadlines: Deadlines;
  /** No request is sent before this moment: the API refused a poll because the queue was full. */
  readonly pausedUntil: number;
  /** What ended all calls the last time, such as a bad key; and how often that happened. */
  readonly stop: { count: number; failure: Failure | null };
  join(target: Target, caller: Caller): void;
  leave(target: Target, caller: Caller, isTimedOut: boolean): void;
  /** Forgets callers and senders in a Worker that have gone. */
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
  /** Targets that somebody waits for. */
  const busy = new Set<Target>();
  const stop: Account['stop'] = { count: 0, failure: null };
  let sent = 0;

  const wakeAll = (target: Target, but: Caller | null = null) => {
    if (isIsolated) return;
    for (const caller of target.callers) if (caller !== but) caller.wake();
  };
  /** Wakes the one caller that sends for its target; in a Worker each looks by its own timer. */
  const wakeFirst = (target: Target | undefined) => {
    if (isIsolated || !target) return;
    for (const caller of target.callers) return caller.wake();
  };
  const wakeNext = () => wakeFirst(slots.next());

  const drop = (exchange: Exchange) => {
    slots.free(exchange);
    if (exchange.target.open === exchange) exchange.target.open = null;
  };
  /** Gives up an open request, which may have reached the server: nobody waits for it, or its sender has gone. */
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

    // Models that are not accepted wait in line; otherwise the client pauses.
    if (parsed.failure && isFull) {
      (exchange.isBeginning ? line : pause).refused(exchange, parsed.failure, sent, now);
    }
    const failure = target.receive(parsed, now);
    if (!isFull) line.answered(exchange, parsed.status, failure, now);
    // It keeps its place in the queue while it is in line.
    if (!isFull) slots.dequeue(target);
    target.addReply({ parsed, failure, isQueueFull: isFull && exchange.isBeginning });
    if (failure && !failure.retryable && endsAllCalls(failure)) {
      stop.count++;
      stop.failure = failure;
      for (const one of busy) wakeAll(one);
    }
    // In a Worker the reply belongs to its sender, whose timer may be ended here, and to nobody else.
    if (isIsolated) exchange.sender.wake();
    wakeAll(target);
    wakeNext();
  };

  /** Notes why a target waits, and tells its callers when that changes. */
  const note = (target: Target, caller: Caller, waiting: Target['waiting']) => {
    const { reason, until } = target.waiting ?? {};
    if (reason === waiting?.reason && until === waiting?.until) return;
    target.waiting = waiting;
    if (waiting) wakeAll(target, caller);
  };

  const leave: Account['leave'] = (target, caller, isTimedOut) => {
    if (!target.callers.delete(caller)) return;
    const { open } = target;
    // In a Worker a request cannot outlive the one that sent it.
    if (open && (isIsolated ? open.sender === caller : target.callers.size === 0)) {
      open.cut();
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
      // In a Worker nobody else may end the request of a sender that has gone.
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
    deadlines: new Deadlines(time),
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
        if (opensAt > now) return wait(opensAt, 'line', line.notBefore > now ? line.refusal : null);
      }
      return slots.isFree(target) ? 'send' : wait(Infinity, 'slot');
    },

    send(target, caller) {
      const now = time.now();
      const isBeginning = target.isBeginning();
      const cutRequest = sendRequest(
        { transport: context.transport, time, requestTimeoutMs: context.requestTimeoutMs },
        () => target.request(),
        (result) => finish(exchange, result),
      );
      const exchange: Exchange = {
        target,
        number: ++sent,
        sentAt: now,
        isBeginning,
        sender: caller,
        cut: cutRequest,
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
