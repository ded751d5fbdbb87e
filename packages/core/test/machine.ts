import { parseReply, type ParsedReply } from '../src/protocol/parse-reply.ts';
import type { CallStart } from '../src/state/call.ts';
import type { Effect, Event, Rules } from '../src/state/change.ts';
import { createState } from '../src/state/state.ts';
import { transition } from '../src/transitions/transition.ts';

const RULES: Rules = {
  concurrency: 5,
  maxRetries: 3,
  pollIntervalMs: null,
  requestTimeoutMs: 150_000,
  random: () => 0,
  redact: (text) => text,
  maySend: () => true,
};

/** Returns a reply of the API. */
export function replyWith(body: object, status = 200): ParsedReply {
  return parseReply({ status, headers: {}, text: JSON.stringify(body) }, RULES.redact, 0);
}

export const SUCCESS = replyWith({ status: 'success' });
export const PROCESSING = replyWith({ status: 'processing' });
/** The account's queue is full, for so many seconds. */
export const fullFor = (seconds: number): ParsedReply =>
  replyWith({ status: 'error', message: 'Rate limit exceeded', retry_after: seconds }, 429);

/** Creates a state without a driver: a test applies the events, at times in milliseconds, and sees the effects. */
export function createMachine(rules: Partial<Rules> = {}) {
  const state = createState();
  /** When the next event is due, in the last result. */
  const due: { wakeAt: number | null } = { wakeAt: null };
  const apply = (now: number, event: Event): Effect[] => {
    const { effects, wakeAt } = transition(
      state,
      event,
      { now, wall: now },
      { ...RULES, ...rules },
    );
    due.wakeAt = wakeAt;
    return effects;
  };
  return {
    state,
    due,
    apply,
    /** Lets a call for the model `m` join. */
    join: (now: number, id: string, start: Partial<CallStart> = {}) =>
      apply(now, {
        type: 'join',
        id,
        start: { modelId: 'm', timeoutMs: 60_000, startedAt: now, startedWall: now, ...start },
        isAborted: false,
      }),
    reply: (now: number, request: number, reply: ParsedReply) =>
      apply(now, { type: 'reply', request, reply }),
    tick: (now: number) => apply(now, { type: 'tick' }),
  };
}
