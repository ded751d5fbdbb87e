import type { Failure } from '../errors.ts';

/** Returns a line that closes because the account's queue is full. */
export const createClosedLine = (at: number, failure: Failure, limit: number) => ({
  /** When it closed, or when the last model was accepted after that. */
  at,
  failure,
  /** No model starts before this time, which the API requested. */
  notBeforeAt: 0,
  /** Maximum number of models that load together. */
  limit,
  /** When one more than the limit is tried, and the request that tries it. */
  tryAt: 0,
  trial: null as number | null,
  /** How often the wait for a trial is doubled: more for each rejected one, less for each accepted one. */
  doublings: 0,
  /** Models accepted since the last rejection. */
  acceptances: 0,
});
