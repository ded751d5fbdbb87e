import type { Context } from '../options/context.ts';
import type { Event, Rules } from '../state/change.ts';
import { createState } from '../state/state.ts';
import { transition } from '../transitions/transition.ts';
import type { Driver, Runtime } from './driver.ts';
import type { Time } from './time.ts';

/** Holds the state of a client for its driver, and applies events to it. */
export function createStore(context: Context, time: Time, betweenEvents: Runtime['betweenEvents']) {
  let state = createState();
  const rules: Rules = { ...context, maySend: () => true };
  const driver: Omit<Driver, 'run'> = {
    time,
    get stops() {
      return state.stop.count;
    },
    openBudget(images) {
      const budget = nextId();
      state.budgets[budget] = images;
      return budget;
    },
    closeBudget(budget) {
      delete state.budgets[budget];
    },
  };
  const nextId = () => `call ${++state.joined}`;
  return {
    driver,
    rules,
    /** Returns an id for a call. */
    nextId,
    get state() {
      return state;
    },
    /** Applies an event, and returns what follows from it. */
    apply(event: Event, maySend = rules.maySend) {
      state = betweenEvents(state);
      return transition(state, event, time.moment(), { ...rules, maySend });
    },
  };
}
