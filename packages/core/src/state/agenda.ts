import type { Entry, State } from './state.ts';

/** Adds the deadline of a call, or a check of a target, to a binary heap. */
export function appoint(agenda: Entry[], at: number, key: string): void {
  const entry = { at, key };
  let place = agenda.push(entry) - 1;
  while (place > 0) {
    const above = (place - 1) >> 1;
    const other = agenda[above];
    if (other === undefined || other.at <= at) break;
    agenda[place] = other;
    place = above;
  }
  agenda[place] = entry;
}

/** Removes the earliest entry of a binary heap. */
function removeFirst(agenda: Entry[]): void {
  const last = agenda.pop();
  if (last === undefined || agenda.length === 0) return;
  let place = 0;
  for (;;) {
    const left = 2 * place + 1;
    const below = (agenda[left + 1]?.at ?? Infinity) < (agenda[left]?.at ?? 0) ? left + 1 : left;
    const other = agenda[below];
    if (other === undefined || other.at >= last.at) break;
    agenda[place] = other;
    place = below;
  }
  agenda[place] = last;
}

/** Sets the next check of a target, unless it already is at that time. */
export function wakeTarget(state: State, key: string, at: number): void {
  const target = state.targets[key];
  if (target === undefined || target.wakeAt === at) return;
  target.wakeAt = at;
  appoint(state.agenda, at, key);
}

/** Returns the earliest valid entry, still in the agenda; undefined for an empty agenda. */
export function firstAppointment(state: State): Entry | undefined {
  const { agenda, calls, targets } = state;
  // One is not removed when a target gets another or a call ends, because most are soon at the top anyway.
  const isValid = ({ at, key }: Entry) => key in calls || targets[key]?.wakeAt === at;
  // Short calls with long deadlines would otherwise fill the memory. A sorted list is a heap, too.
  if (agenda.length > 100 + 4 * (state.callCount + state.targetCount)) {
    state.agenda = agenda.filter(isValid).toSorted((one, other) => one.at - other.at);
  }
  for (let first = state.agenda[0]; first !== undefined; first = state.agenda[0]) {
    if (isValid(first)) return first;
    removeFirst(state.agenda);
  }
  return undefined;
}

/** Removes all appointments that are due, and returns their calls and targets. */
export function takeDue(state: State, now: number): string[] {
  const due = [];
  for (let first = firstAppointment(state); first; first = firstAppointment(state)) {
    if (first.at > now) break;
    due.push(first.key);
    removeFirst(state.agenda);
  }
  return due;
}
