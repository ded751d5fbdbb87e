import type { Effect, Event } from '../state/change.ts';
import { nextCheckAt } from '../transitions/transition.ts';
import type { Driver, Runtime, Settled } from './driver.ts';
import { createEffects } from './effects.ts';
import { createStore } from './store.ts';
import { OVER } from './time.ts';

/** How often a call checks the shared state, in milliseconds. */
const CHECK_INTERVAL_MS = 500;
/** A call is absent if it has missed so much of the time in which others looked. */
const ABSENT_AFTER_MS = 4 * CHECK_INTERVAL_MS;

/**
 * Runs a client in a Worker: each call checks by its own timer, and sends the requests of its own model only. Calls share
 * only plain data, because a promise, a timer or a request belongs to the call that made it.
 */
export const createWorkerDriver: Runtime['createDriver'] = (context, time, betweenEvents) => {
  const store = createStore(context, time, betweenEvents);
  /** The effects for each call, which it carries out itself when it checks. */
  const inboxes = new Map<string, Effect[]>();
  /** When each call looked last, and the call that sent each request. */
  const seen = new Map<string, number>();
  const senders = new Map<number, string>();
  /** The time in which any call looked: it passes only as far as the Worker runs. */
  let runMs = 0;
  let checkedAt = time.now();

  /** Applies an event for a call; what others have to do goes into their inboxes. */
  const dispatch = (id: string, event: Event) => {
    const maySend = (target: { key: string }) => store.state.calls[id]?.target === target.key;
    for (const effect of store.apply(event, maySend).effects) {
      if (effect.type === 'follow') continue;
      if (effect.type === 'send') senders.set(effect.request, id);
      const to = 'id' in effect ? effect.id : senders.get(effect.request);
      inboxes.get(to ?? '')?.push(effect);
      // The call keeps its inbox; one that is gone must not keep memory.
      if (effect.type === 'settle') inboxes.delete(effect.id);
    }
  };

  /** Records that a call runs, and finds those that no longer do. */
  const check = (id: string) => {
    const now = time.now();
    // After a stall all calls are late: nobody is absent before the others had the time to check.
    runMs += Math.min(now - checkedAt, CHECK_INTERVAL_MS);
    checkedAt = now;
    // The call that has not looked for longest stays first.
    seen.delete(id);
    seen.set(id, runMs);
    dispatch(id, { type: 'presence', id, isAbsent: false });
    for (const [other, at] of seen) {
      if (runMs - at <= ABSENT_AFTER_MS) break;
      seen.delete(other);
      dispatch(id, { type: 'presence', id: other, isAbsent: true });
      for (const request of sentBy(other)) lose(id, request);
    }
    dispatch(id, { type: 'tick' });
  };

  const sentBy = (id: string) =>
    [...senders].flatMap(([request, sender]) => (sender === id ? request : []));

  const lose = (id: string, request: number) => {
    dispatch(id, { type: 'lost', request });
    senders.delete(request);
  };

  const run: Driver['run'] = async (start, hooks) => {
    const id = store.nextId();
    const { signal, saved = null } = hooks;
    const inbox: Effect[] = [];
    inboxes.set(id, inbox);
    const end: { settled?: Settled; thrown?: { reason: unknown } } = {};
    let nap = new AbortController();
    const wake = (event?: Event) => {
      if (event) dispatch(id, event);
      nap.abort(OVER);
    };
    const settle = (settled: Settled) => {
      end.settled = settled;
    };
    const fail = (reason: unknown) => {
      end.thrown ??= { reason };
      wake();
    };
    const call = { hooks, settle, fail };
    const effects = createEffects({ context, time, dispatch: wake, callOf: () => call });
    const onAbort = () => wake({ type: 'leave', id });
    signal?.addEventListener('abort', onAbort);
    dispatch(id, { type: 'join', id, start, isAborted: signal?.aborted === true, saved });
    try {
      for (;;) {
        for (const effect of inbox.splice(0)) if (!end.thrown) effects.carryOut(effect);
        if (end.thrown) {
          dispatch(id, { type: 'drop', id });
          throw end.thrown.reason;
        }
        if (end.settled) {
          const { outcome } = end.settled;
          const elapsedMs = Math.round(time.now() - start.startedAt);
          if (outcome) outcome.elapsedMs = Math.max(outcome.elapsedMs, elapsedMs);
          return end.settled;
        }
        check(id);
        if (inbox.length > 0) continue;
        const checksAt = time.now() + CHECK_INTERVAL_MS;
        const dueAt = nextCheckAt(store.state, id);
        await time.sleepUntil(Math.min(checksAt, dueAt), nap.signal);
        nap = new AbortController();
      }
    } finally {
      signal?.removeEventListener?.('abort', onAbort);
      effects.close();
      // Also one that it has not sent yet, because its onReply threw.
      for (const request of sentBy(id)) lose(id, request);
      inboxes.delete(id);
      seen.delete(id);
    }
  };

  return Object.assign(store.driver, { run });
};
