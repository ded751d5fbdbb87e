import type { ErrorCode, OutcomeError } from './outcome.ts';

/** One failure, from a reply or from the way there, with what the loop needs to know about it. */
export interface Failure extends OutcomeError {
  /** Asking again may help. */
  passing: boolean;
  /** The request may have reached the server, so asking again must keep its distance. */
  sent: boolean;
  /** A refusal for rate that is about this very request (the spam filter), not about the account. */
  sameRequest: boolean;
  /** What the transport threw, freed of everything that could hold the key. */
  cause: Error | null;
}

/** What to do next, where the API itself gave no tip. */
const HINTS: Record<ErrorCode, string> = {
  invalid_argument: 'Correct it and call again.',
  unauthorized: 'Check the API key: copy it again from the ModelsLab dashboard.',
  payment_required: 'Add credits to the ModelsLab account, then run this again.',
  forbidden: 'Check that the plan of this ModelsLab account includes the call.',
  model_not_found: "Check the model id against the account's list of trained models.",
  invalid_request: 'Check the model id: the API refused the request as invalid.',
  rate_limited: "Ask again later, or with less at a time: the limit is the whole account's.",
  server_error: 'Run this again in some minutes: the fault is on the side of the API.',
  api_error:
    'See what the API said; where that does not help, ask ModelsLab with the time of the call.',
  unexpected_response: 'Check the base URL and any proxy on the way: what answered is not the API.',
  network_error: 'Check the network, the base URL and the proxy settings, then run this again.',
  request_timeout: 'Run this again, or allow more time for one request.',
  wait_timeout: 'Run this again, or allow more time: the load may go on meanwhile.',
  aborted: 'Run this again to go on: the load may go on meanwhile.',
};

/** Builds a failure: final, possibly sent and with the code's own hint unless said otherwise. */
export function failure(
  code: ErrorCode,
  message: string,
  more: { [Field in keyof Failure]?: Failure[Field] | undefined } = {},
): Failure {
  return {
    code,
    message,
    hint: more.hint ?? HINTS[code],
    httpStatus: more.httpStatus ?? null,
    retryAfterMs: more.retryAfterMs ?? null,
    passing: more.passing ?? false,
    sent: more.sent ?? true,
    sameRequest: more.sameRequest ?? false,
    cause: more.cause ?? null,
  };
}

/** The part of a failure that a user sees. */
export function toOutcomeError(from: OutcomeError): OutcomeError {
  const { code, message, hint, httpStatus, retryAfterMs } = from;
  return { code, message, hint, httpStatus, retryAfterMs };
}
