import type { State } from './state.ts';

/** The deadline of a call, or the next check of a target. */
type Appointment = State['agenda'][number];

/** Adds an appointment to a binary heap. */
export function appoint(agenda: Appointment[], at: number, key: string): void {
  let child = agenda.push({ at, key }) - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!swapIfEarlier(agenda, child, parent)) return;
    child = parent;
  }
}

/** Removes the earliest appointment of a binary heap. */
function removeFirst(agenda: Appointment[]): void {
  const last = agenda.pop();
  if (last === undefined || agenda.length === 0) return;
  agenda[0] = last;
  for (let parent = 0; ;) {
    const left = 2 * parent + 1;
    const right = left + 1;
    const child = isEarlier(agenda[right], agenda[left]) ? right : left;
    if (!swapIfEarlier(agenda, child, parent)) return;
    parent = child;
  }
}

function isEarlier(one: Appointment | undefined, other: Appointment | undefined): boolean {
  return one !== undefined && other !== undefined && one.at < other.at;
}

function swapIfEarlier(agenda: Appointment[], one: number, other: number): boolean {
  const [first, second] = [agenda[one], agenda[other]];
  if (first === undefined || second === undefined || first.at >= second.at) return false;
  agenda[one] = second;
  agenda[other] = first;
  return true;
}

/** Sets the next check of a target, unless it already is at that time. */
export function wakeTarget(state: State, key: string, at: number): void {
  const target = state.targets[key];
  if (target === undefined || target.wakeAt === at) return;
  target.wakeAt = at;
  appoint(state.agenda, at, key);
}

// An appointment is not removed when a target gets another one or a call ends, because most are soon at the top anyway.
function isValid({ calls, targets }: State, { at, key }: Appointment): boolean {
  return key in calls || targets[key]?.wakeAt === at;
}

/** Returns the earliest valid appointment, still in the agenda; undefined if there is none. */
export function firstAppointment(state: State): Appointment | undefined {
  const { agenda } = state;
  const live = state.callCount + state.targetCount;
  // Short calls with long deadlines would otherwise fill the memory.
  if (agenda.length > 100 + 4 * live) {
    const valid = agenda.filter((one) => isValid(state, one));
    agenda.length = 0;
    for (const { at, key } of valid) appoint(agenda, at, key);
  }
  for (let first = agenda[0]; first !== undefined; first = agenda[0]) {
    if (isValid(state, first)) return first;
    removeFirst(agenda);
  }
  return undefined;
}

/** Removes and returns the next appointment that is due; undefined if none is. */
export function takeDue(state: State, now: number): Appointment | undefined {
  const first = firstAppointment(state);
  if (first === undefined || first.at > now) return undefined;
  removeFirst(state.agenda);
  return first;
}
