/** One row of the table of error codes. */
export interface ErrorSpec {
  /** Meaning of the code, for tables. */
  meaning: string;
  /** What to do next, if the API returned no tip. */
  hint: string;
  /** Exit code of the command line. */
  exitCode: number;
  /** True if the client retries it. */
  retryable: boolean;
  /** The exception to `retryable`, or what else the code ends. */
  retryNote?: string;
}

// The only list of error codes: the types, the schema, the exit codes and the documents are derived from it.
const HINTS = {
  invalid_argument: 'Correct it and try again.',
  unauthorized: 'Check the API key: copy it again from the ModelsLab dashboard.',
  payment_required:
    'Add credits to the ModelsLab account or upgrade its plan, then run this again.',
  forbidden: 'Check that the plan of this ModelsLab account includes the call.',
  model_not_found: 'Check the model id against the trained models of the account.',
  invalid_request: "Read the API's message, and check the model id.",
  rate_limited: 'Retry later or lower the concurrency; the limit applies to the whole account.',
  server_error: 'Run this again in a few minutes: the API has a problem.',
  api_error:
    "Read the API's message. If it does not help, contact ModelsLab with the time of the call.",
  unexpected_response: 'Check the base URL and any proxy in between.',
  network_error: 'Check the network, the base URL and the proxy settings, then run this again.',
  request_timeout: 'Run this again, or allow more time for one request.',
  wait_timeout: 'Run this again, or allow more time: the model may still be loading.',
  aborted: 'Run this again to continue: the model may still be loading.',
  image_limit: 'Allow more images, or check fewer models with one.',
  installation_error: 'Install the program and its dependencies again.',
};

/** Identifies a failure. Each code has one meaning in the library, the command line, the Action and the node. */
export type ErrorCode = keyof typeof HINTS;

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'rate_limited',
  'server_error',
  'network_error',
  'request_timeout',
]);

/** Returns what the client needs of a row. */
export function ruleOf(code: ErrorCode): Pick<ErrorSpec, 'hint' | 'retryable'> {
  return { hint: HINTS[code], retryable: RETRYABLE.has(code) };
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(HINTS, code);
}

/** Returns all codes, in the order of the table. */
export function errorCodes(): ErrorCode[] {
  return Object.keys(HINTS).filter(isErrorCode);
}

type Details = readonly [exitCode: number, meaning: string, retryNote?: string];

/** What the hosts and the documents need in addition, so a bundle of the client leaves it out. */
const DETAILS: Readonly<Record<ErrorCode, Details>> = {
  invalid_argument: [2, 'an argument or option was rejected before anything was sent'],
  unauthorized: [3, 'the API key is missing or invalid', 'ends all calls of the client'],
  payment_required: [
    6,
    'no credits, an exhausted quota, or an expired subscription',
    'ends all calls of the client',
  ],
  forbidden: [3, "the account's plan does not include the call"],
  model_not_found: [5, 'the API does not know the model id'],
  invalid_request: [1, 'the API rejected the request as invalid'],
  rate_limited: [
    4,
    "the account's queue is full, or the spam filter rejected the request",
    'after the wait that the API requests',
  ],
  server_error: [1, 'the server returned HTTP 5xx'],
  api_error: [1, 'the API returned any other error', 'unless its text asks to try again'],
  unexpected_response: [
    1,
    'the response is not from the API: no JSON, no status, a redirect, an HTML page, or too large',
    'except after the API has accepted the request',
  ],
  network_error: [
    10,
    'connection refused or reset, DNS, TLS, no HTTP, or an incomplete response; the message includes the system code',
    'except certificate errors and a proxy that rejects the tunnel',
  ],
  request_timeout: [7, 'one request took longer than `requestTimeoutMs`'],
  wait_timeout: [7, '`timeoutMs` passed while the model was loading, or before any reply'],
  aborted: [1, "the caller's `signal` ended the call"],
  image_limit: [1, '`maxImages` was used up before the image of this model'],
  installation_error: [1, 'the HTTP client cannot be loaded, or is not allowed to use the network'],
};

/** The table of error codes by code. */
export const ERROR_SPECS: Readonly<Record<ErrorCode, ErrorSpec>> = /* @__PURE__ */ createSpecs();

function createSpecs() {
  const specs = Object.create(null);
  for (const code of errorCodes()) {
    const [exitCode, meaning, retryNote] = DETAILS[code];
    specs[code] = { exitCode, meaning, ...(retryNote && { retryNote }), ...ruleOf(code) };
  }
  return specs;
}
