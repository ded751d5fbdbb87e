import type { ErrorCode } from '@modelslab-reload/core';

const EXIT_CODES: Record<ErrorCode, number> = {
  invalid_argument: 2,
  unauthorized: 3,
  forbidden: 3,
  rate_limited: 4,
  model_not_found: 5,
  payment_required: 6,
  wait_timeout: 7,
  request_timeout: 7,
  network_error: 10,
  invalid_request: 1,
  server_error: 1,
  api_error: 1,
  unexpected_response: 1,
  aborted: 1,
};

/** The exit code of a run with these failures: 0 for none, 1 where they have several exit codes. */
export function exitCodeOf(failures: Iterable<ErrorCode>): number {
  const codes = new Set(Array.from(failures, (code) => EXIT_CODES[code]));
  const [only = 0] = codes;
  return codes.size > 1 ? 1 : only;
}

/** The whole table, for people. */
export const exitCodeTable: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'what was asked for was reached, for all models'],
  [1, 'failed in another way, or failures of several exit codes'],
  [2, 'the command line cannot work as it is; nothing was sent (invalid_argument)'],
  [3, 'the key is wrong, or the plan lacks the call (unauthorized, forbidden)'],
  [4, 'refused for rate (rate_limited)'],
  [5, 'no such model (model_not_found)'],
  [6, 'no credits left (payment_required)'],
  [7, 'it took too long (wait_timeout, request_timeout)'],
  [10, 'the API could not be reached (network_error)'],
  [130, 'ended by Ctrl-C (SIGINT); models without an end are reported as aborted'],
  [141, 'the reader of the results has gone, as in `… | head -1`'],
  [143, 'ended by SIGTERM; as for 130'],
];
