import type { Context } from '../options/context.ts';
import type { ReplyEvent } from '../options.ts';
import type { CallStart } from '../state/call.ts';
import type { Result } from '../state/change.ts';
import type { SavedWait } from '../state/saved-wait.ts';
import type { State } from '../state/state.ts';
import type { Time } from './time.ts';

/** What a call wants to be told while it waits. */
export interface Hooks {
  signal?: AbortSignal | undefined;
  onReply?: ((event: ReplyEvent) => unknown) | undefined;
  /** Called at the first reply that does not leave the model of a list in line. */
  onBegun?: () => void;
  /** Called, and awaited, before a request leaves. */
  onSend?: ((saved: SavedWait) => unknown) | undefined;
  /** What `step` continues. */
  saved?: SavedWait | null;
}

/** The end of a call, with the cause of its failure. */
export interface Settled extends Result {
  cause: unknown;
}

/** Runs the transitions of one client: owns its state, its timers and its requests. */
export interface Driver {
  readonly time: Time;
  /** Failures that have ended all calls so far. */
  readonly stops: number;
  /** Aborts when all calls end, and those to come; undefined if the client cannot be closed. */
  readonly closed?: AbortSignal;
  /** Creates the budget of a list: how many image requests that may be billed its calls may send together. */
  openBudget(images: number): string;
  /** Forgets a budget; what its calls have sent may still be open. */
  closeBudget(budget: string): void;
  /**
   * Runs one call to its end.
   *
   * @throws what `onReply` or `onSend` throws
   */
  run(start: CallStart, hooks: Hooks): Promise<Settled>;
}

/** How calls run: in one process, or as in a Worker. */
export interface Runtime {
  random: Context['random'];
  createDriver: (context: Context, time: Time, betweenEvents: BetweenEvents) => Driver;
  /** Returns the state before an event; another one in tests of what a state is. */
  betweenEvents: BetweenEvents;
}

type BetweenEvents = (state: State) => State;
