import type { Failure } from '../errors.ts';
import type { ReplyEvent } from '../options.ts';
import type { Outcome } from '../outcome.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import type { ApiCall } from '../protocol/requests.ts';
import type { Call, CallStart } from './call.ts';
import type { SavedWait } from './saved-wait.ts';
import type { Known, State, Target } from './state.ts';
import type { Subject } from './subject.ts';

/** What happens to a client. */
export type Event =
  | { type: 'join'; id: string; start: CallStart; isAborted: boolean; saved?: SavedWait | null }
  /** The signal of a call aborted. */
  | { type: 'leave'; id: string }
  /** A call ends without a result, because one of its functions threw. */
  | { type: 'drop'; id: string }
  /** A call stops or starts to run, as in a Worker whose request has ended or was delayed. */
  | { type: 'presence'; id: string; isAbsent: boolean }
  | { type: 'reply'; request: number; reply: ParsedReply }
  /** Another process has published what it knows of a target. `isNews`: calls that wait see its last reply. */
  | { type: 'learn'; target: Known; isNews: boolean }
  /** A request is due in another process, which has no slot for it. */
  | { type: 'queued'; subject: Subject }
  /** An open request will get no reply. */
  | { type: 'lost'; request: number }
  /** Time has passed. */
  | { type: 'tick' };

/** What a driver must do after an event. */
export type Effect =
  | {
      type: 'send';
      request: number;
      call: ApiCall;
      /** The wait of a `step`, to save before; null for other calls. */
      step: { id: string; saved: SavedWait } | null;
    }
  | { type: 'abort'; request: number }
  | { type: 'report'; id: string; event: ReplyEvent }
  /** The calls of a follower begin to wait for a target, or no longer do. */
  | { type: 'follow'; subject: Subject; isFollowed: boolean }
  /** The API has replied about a listed model, so that the next one may start. */
  | { type: 'begun'; id: string }
  | { type: 'settle'; id: string; result: Result };

/** The end of a call. */
export interface Result {
  /** null for a step whose wait goes on. */
  outcome: Outcome | null;
  /** null if the goal was reached. */
  failure: Failure | null;
  /** The list of trained models. */
  ids: string[] | null;
  /** What `step` returns; null for other calls. */
  step: { saved: SavedWait; nextAt: number | null; pauseMs: number | null } | null;
}

/** The options of a client that decide what follows an event. */
export interface Rules {
  concurrency: number;
  maxRetries: number;
  /** Replaces both the interval and the schedule; null keeps them. */
  pollIntervalMs: number | null;
  requestTimeoutMs: number;
  /** Returns a number from 0 to 1, for jitter; seeded in tests. */
  random: () => number;
  redact: (text: string) => string;
  /** Returns whether this driver can send for a target now. */
  maySend: (target: Target) => boolean;
}

/** One event being applied: the state to change, the time, and the effects so far. */
export interface Change {
  /** The time on both clocks: monotonic, and in milliseconds since 1970. */
  readonly now: number;
  readonly wall: number;
  readonly state: State;
  readonly rules: Rules;
  readonly effects: Effect[];
  /** Targets whose wait may have changed. */
  readonly touched: Set<Target>;
  /** The call that has just joined. */
  joined: Call | null;
}

/** Returns the target of a call. */
export function targetOf({ targets }: State, { target }: Call): Target {
  const found = targets[target];
  if (found === undefined) throw new Error(`There is no target ${target}.`);
  return found;
}

/** Returns the calls that wait for a target. */
export function callsOf({ calls }: State, target: Target): Call[] {
  const found = [];
  for (const id of Object.keys(target.calls)) {
    const call = calls[id];
    if (call) found.push(call);
  }
  return found;
}

/** Returns the milliseconds since a call started. */
export function elapsedMsOf({ now }: Change, { startedAt }: Call): number {
  return Math.max(0, Math.round(now - startedAt));
}
