import type { Effect, Event } from '../state/change.ts';
import { createState } from '../state/create.ts';
import type { State } from '../state/state.ts';
import { applySafely, nextCheckAt } from '../transitions/transition.ts';
import { rulesOf, type Runtime } from './driver.ts';
import { WorkerCall } from './worker-call.ts';

/** How often a call checks the shared state, in milliseconds. */
const CHECK_INTERVAL_MS = 500;
/** A call is absent if it has missed so much of the time in which others looked. */
const ABSENT_AFTER_MS = 4 * CHECK_INTERVAL_MS;

/** What calls in a Worker share: plain data, because a promise, a timer or a request belongs to the call that made it. */
interface Shared {
  state: State;
  /** The effects for each call, which it carries out itself when it checks. */
  inboxes: Map<string, Effect[]>;
  /** When each call looked last, and the call that sent each request. */
  seen: Map<string, number>;
  senders: Map<number, string>;
  /** The time in which any call looked: it passes only as far as the Worker runs. */
  runMs: number;
  checkedAt: number;
}

/** Runs a client in a Worker: each call checks by its own timer, and sends the requests of its own model only. */
export const createWorkerDriver: Runtime['createDriver'] = (context, time, betweenEvents) => {
  const rules = rulesOf(context);
  const shared: Shared = {
    state: createState(),
    inboxes: new Map(),
    seen: new Map(),
    senders: new Map(),
    runMs: 0,
    checkedAt: time.now(),
  };

  /** Applies an event for a call; what others have to do goes into their inboxes. */
  const dispatch = (id: string, event: Event) => {
    shared.state = betweenEvents(shared.state);
    const { state, senders, inboxes } = shared;
    const maySend = (target: { key: string }) => state.calls[id]?.target === target.key;
    const { effects } = applySafely(state, event, time.moment(), { ...rules, maySend });
    for (const effect of effects) {
      if (effect.type === 'send') senders.set(effect.request, id);
      const to = 'id' in effect ? effect.id : senders.get(effect.request);
      inboxes.get(to ?? '')?.push(effect);
      // The call keeps its inbox; one that is gone must not keep memory.
      if (effect.type === 'settle') inboxes.delete(effect.id);
    }
  };

  /** Records that a call runs, and finds those that no longer do. */
  const check = (id: string) => {
    const { seen, senders } = shared;
    const now = time.now();
    // After a stall all calls are late: nobody is absent before the others had the time to check.
    shared.runMs += Math.min(now - shared.checkedAt, CHECK_INTERVAL_MS);
    shared.checkedAt = now;
    seen.set(id, shared.runMs);
    dispatch(id, { type: 'presence', id, isAbsent: false });
    for (const [other, at] of seen) {
      if (!(other in shared.state.calls)) seen.delete(other);
      if (shared.runMs - at <= ABSENT_AFTER_MS || shared.state.calls[other]?.isAbsent !== false)
        continue;
      dispatch(id, { type: 'presence', id: other, isAbsent: true });
      for (const [request, sender] of senders) {
        if (sender !== other) continue;
        dispatch(id, { type: 'lost', request });
        senders.delete(request);
      }
    }
    dispatch(id, { type: 'tick' });
  };

  return {
    time,
    get stops() {
      return shared.state.stop.count;
    },
    openBudget(images) {
      const budget = `list ${++shared.state.joined}`;
      shared.state.budgets[budget] = images;
      return budget;
    },
    closeBudget(budget) {
      delete shared.state.budgets[budget];
    },

    async run(start, hooks) {
      const id = `call ${++shared.state.joined}`;
      const inbox: Effect[] = [];
      shared.inboxes.set(id, inbox);
      const call = new WorkerCall({
        id,
        inbox,
        hooks,
        startedAt: start.startedAt,
        context,
        time,
        dispatch,
      });
      const { signal, saved = null } = hooks;
      const onAbort = () => call.abort();
      signal?.addEventListener('abort', onAbort);
      dispatch(id, { type: 'join', id, start, isAborted: signal?.aborted === true, saved });
      try {
        for (;;) {
          const settled = call.carryOut();
          if (settled) return settled;
          check(id);
          if (inbox.length > 0) continue;
          const checksAt = time.now() + CHECK_INTERVAL_MS;
          await call.sleepUntil(Math.min(checksAt, nextCheckAt(shared.state, id, rules)));
        }
      } finally {
        signal?.removeEventListener?.('abort', onAbort);
        for (const request of call.close()) dispatch(id, { type: 'lost', request });
        for (const [request, sender] of shared.senders)
          if (sender === id) shared.senders.delete(request);
        shared.inboxes.delete(id);
        shared.seen.delete(id);
      }
    },
  };
};
