import type { Effect, Event } from '../state/change.ts';
import type { Subject } from '../state/subject.ts';
import type { Driver, Runtime, Settled } from './driver.ts';
import { createEffects, type Running } from './effects.ts';
import { createSignalHub } from './signals.ts';
import { createStore } from './store.ts';
import { OVER } from './time.ts';

type Host = Parameters<Runtime['createDriver']>;

/** Runs a client in one process. */
export const createProcessDriver: Runtime['createDriver'] = (...host) => runInProcess(host).driver;

/**
 * Runs a client in one process: one timer, one loop. Every call, reply and deadline is an event; after each one, the
 * effects are carried out in order.
 *
 * @param onFollow called when the calls of a follower begin to wait for something, or no longer do
 */
export function runInProcess(
  [context, time, betweenEvents]: Host,
  onFollow?: (subject: Subject, isFollowed: boolean) => void,
) {
  const store = createStore(context, time, betweenEvents);
  const running = new Map<string, Running>();
  const onAbortOf = createSignalHub();
  const queue: Effect[] = [];
  let isRunning = false;
  let timer: { at: number; over: AbortController } | null = null;

  const dispatch = (event: Event) => {
    const next = store.apply(event);
    for (const effect of next.effects) queue.push(effect);
    wakeAt(next.wakeAt);
    // A hook may start or end calls: what follows comes after what is under way.
    if (isRunning) return;
    isRunning = true;
    for (const effect of queue) effects.carryOut(effect);
    queue.length = 0;
    isRunning = false;
  };
  const callOf = (id: string) => running.get(id);
  const effects = createEffects({ context, time, dispatch, callOf, onFollow });

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

  const run: Driver['run'] = async (start, hooks) => {
    const id = store.nextId();
    const { signal, saved = null } = hooks;
    const disconnect = onAbortOf(signal, () => dispatch({ type: 'leave', id }));
    try {
      return await new Promise<Settled>((resolve, reject) => {
        const settle = (settled: Settled) => {
          running.delete(id);
          resolve(settled);
        };
        const fail = (thrown: unknown) => {
          running.delete(id);
          dispatch({ type: 'drop', id });
          reject(thrown);
        };
        running.set(id, { hooks, settle, fail });
        dispatch({ type: 'join', id, start, isAborted: signal?.aborted === true, saved });
      });
    } finally {
      disconnect();
    }
  };

  return { driver: Object.assign(store.driver, { run }), store, dispatch };
}
