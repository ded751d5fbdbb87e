import type { Effect, Event } from '../state/change.ts';
import { createState } from '../state/create.ts';
import type { State } from '../state/state.ts';
import { applySafely } from '../transitions/transition.ts';
import { causeOf, withPlainCause } from './causes.ts';
import { rulesOf, type Hooks, type Runtime, type Settled } from './driver.ts';
import { callListener } from './listener.ts';
import { sendRequest } from './request.ts';
import { createSignalHub } from './signals.ts';
import { OVER } from './time.ts';

/** A call's hooks, and how to end it. */
interface Running {
  hooks: Hooks;
  resolve: (settled: Settled) => void;
  reject: (thrown: unknown) => void;
}

/**
 * Runs a client in one process: one timer, one loop. Every call, reply and deadline is an event; after each one, the
 * effects are carried out in order.
 */
export const createProcessDriver: Runtime['createDriver'] = (context, time, betweenEvents) => {
  let state: State = createState();
  const rules = rulesOf(context);
  const running = new Map<string, Running>();
  const requests = new Map<number, AbortController>();
  const onAbortOf = createSignalHub();
  const effects: Effect[] = [];
  let isRunning = false;
  let timer: { at: number; over: AbortController } | null = null;

  const dispatch = (event: Event) => {
    state = betweenEvents(state);
    const next = applySafely(state, event, time.moment(), rules);
    for (const effect of next.effects) effects.push(effect);
    wakeAt(next.wakeAt);
    // A hook may start or end calls: what follows comes after what is under way.
    if (isRunning) return;
    isRunning = true;
    for (const effect of effects) carryOut(effect);
    effects.length = 0;
    isRunning = false;
  };

  const wakeAt = (at: number | null) => {
    // A timer that fires early only checks once more; an unused one would keep the process alive.
    if (at !== null && timer !== null && timer.at <= at) return;
    timer?.over.abort(OVER);
    timer = null;
    if (at === null) return;
    const started = { at, over: new AbortController() };
    timer = started;
    void wake(started);
  };

  const wake = async (started: NonNullable<typeof timer>) => {
    await time.sleepUntil(started.at, started.over.signal);
    if (timer !== started) return;
    timer = null;
    dispatch({ type: 'tick' });
  };

  const send = async ({ request, target, call, saved }: Effect & { type: 'send' }) => {
    const over = new AbortController();
    requests.set(request, over);
    if (saved !== null) {
      const [id = ''] = Object.keys(state.targets[target]?.calls ?? {});
      const sender = running.get(id);
      try {
        await sender?.hooks.onSend?.(saved);
      } catch (thrown) {
        requests.delete(request);
        return end(id, thrown);
      }
    }
    if (over.signal.aborted) return;
    const reply = await sendRequest(context, call, over.signal, () => time.moment().wall);
    if (requests.delete(request))
      dispatch({ type: 'reply', request, reply: withPlainCause(reply) });
  };

  /** Ends a call with what one of its hooks threw. */
  const end = (id: string, thrown: unknown) => {
    const call = running.get(id);
    running.delete(id);
    dispatch({ type: 'drop', id });
    call?.reject(thrown);
  };

  const carryOut = (effect: Effect) => {
    if (effect.type === 'send') return void send(effect);
    if (effect.type === 'abort') {
      requests.get(effect.request)?.abort(OVER);
      return void requests.delete(effect.request);
    }
    const call = running.get(effect.id);
    if (call === undefined) return;
    if (effect.type === 'begun') return call.hooks.onBegun?.();
    if (effect.type === 'report') {
      return callListener(call.hooks.onReply, effect.event, (thrown) => end(effect.id, thrown));
    }
    running.delete(effect.id);
    call.resolve({ ...effect.result, cause: causeOf(effect.result.failure) });
  };

  return {
    time,
    get stops() {
      return state.stop.count;
    },
    openBudget(images) {
      const budget = `list ${++state.joined}`;
      state.budgets[budget] = images;
      return budget;
    },
    closeBudget(budget) {
      delete state.budgets[budget];
    },

    async run(start, hooks) {
      const id = `call ${++state.joined}`;
      const { signal, saved = null } = hooks;
      const disconnect = onAbortOf(signal, () => dispatch({ type: 'leave', id }));
      try {
        const settled = await new Promise<Settled>((resolve, reject) => {
          running.set(id, { hooks, resolve, reject });
          const isAborted = signal?.aborted === true;
          dispatch({ type: 'join', id, start, isAborted, saved });
        });
        const isAborted = settled.failure?.code === 'aborted';
        return isAborted ? { ...settled, cause: signal?.reason } : settled;
      } finally {
        disconnect();
      }
    },
  };
};
