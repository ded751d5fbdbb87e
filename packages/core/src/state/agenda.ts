import type { Entry, State } from './state.ts';

/** Adds an entry to a list that is sorted by `at`, after those with the same. */
export function insert(entries: Entry[], at: number, key: string): void {
  let low = 0;
  for (let high = entries.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  entries.splice(low, 0, { at, key });
}

/** Sets the next check of a target, unless it already is at that time. */
export function wakeTarget(state: State, key: string, at: number): void {
  const target = state.targets[key];
  if (target === undefined || target.wakeAt === at) return;
  target.wakeAt = at;
  insert(state.agenda, at, key);
}

/** Returns the earliest deadline of a call or check of a target, still in the agenda; undefined if there is none. */
export function firstAppointment(state: State): Entry | undefined {
  const { agenda, calls, targets } = state;
  // One is not removed when a target gets another or a call ends, because most are soon at the front anyway.
  const isValid = ({ at, key }: Entry) => key in calls || targets[key]?.wakeAt === at;
  // Short calls with long deadlines would otherwise fill the memory.
  if (agenda.length > 100 + 4 * (state.callCount + state.targetCount)) {
    state.agenda = agenda.filter(isValid);
  }
  while (state.agenda[0] && !isValid(state.agenda[0])) state.agenda.shift();
  return state.agenda[0];
}

/** Removes all appointments that are due, and returns their calls and targets. */
export function takeDue(state: State, now: number): string[] {
  const due = [];
  for (let first = firstAppointment(state); first; first = firstAppointment(state)) {
    if (first.at > now) break;
    due.push(first.key);
    state.agenda.shift();
  }
  return due;
}
