import { addColumn } from './add-column.ts';

/** What the client and its hosts do about a code. */
interface ErrorRule {
  /** What to do next, if the API returned no tip. */
  hint: string;
  /** Exit code of the command line. */
  exitCode: number;
  /** True if the client retries it. */
  retryable: boolean;
  /** The exception to `retryable`, or what else the code ends. */
  retryNote?: string;
}

/** One row of the table of error codes. */
export interface ErrorSpec extends ErrorRule {
  /** Meaning of the code, for tables. */
  meaning: string;
}

// The only list of error codes: the types, the schema, the exit codes and the documents are derived from it.
const RULES = {
  invalid_argument: {
    hint: 'Correct it and try again.',
    exitCode: 2,
    retryable: false,
  },
  unauthorized: {
    hint: 'Check the API key: copy it again from the ModelsLab dashboard.',
    exitCode: 3,
    retryable: false,
    retryNote: 'ends all calls of the client',
  },
  payment_required: {
    hint: 'Add credits to the ModelsLab account or upgrade its plan, then run this again.',
    exitCode: 6,
    retryable: false,
    retryNote: 'ends all calls of the client',
  },
  forbidden: {
    hint: 'Check that the plan of this ModelsLab account includes the call.',
    exitCode: 3,
    retryable: false,
  },
  model_not_found: {
    hint: 'Check the model id against the trained models of the account.',
    exitCode: 5,
    retryable: false,
  },
  invalid_request: {
    hint: "Read the API's message, and check the model id.",
    exitCode: 1,
    retryable: false,
  },
  rate_limited: {
    hint: 'Retry later or lower the concurrency; the limit applies to the whole account.',
    exitCode: 4,
    retryable: true,
    retryNote: 'after the wait that the API requests',
  },
  server_error: {
    hint: 'Run this again in a few minutes: the API has a problem.',
    exitCode: 1,
    retryable: true,
  },
  api_error: {
    hint: "Read the API's message. If it does not help, contact ModelsLab with the time of the call.",
    exitCode: 1,
    retryable: false,
    retryNote: 'unless its text asks to try again',
  },
  unexpected_response: {
    hint: 'Check the base URL and any proxy in between.',
    exitCode: 1,
    retryable: false,
    retryNote: 'except after the API has accepted the request',
  },
  network_error: {
    hint: 'Check the network, the base URL and the proxy settings, then run this again.',
    exitCode: 10,
    retryable: true,
    retryNote: 'except certificate errors and a proxy that rejects the tunnel',
  },
  request_timeout: {
    hint: 'Run this again, or allow more time for one request.',
    exitCode: 7,
    retryable: true,
  },
  wait_timeout: {
    hint: 'Run this again, or allow more time: the model may still be loading.',
    exitCode: 7,
    retryable: false,
  },
  aborted: {
    hint: 'Run this again to continue: the model may still be loading.',
    exitCode: 1,
    retryable: false,
  },
  image_limit: {
    hint: 'Allow more images, or check fewer models with one.',
    exitCode: 1,
    retryable: false,
  },
  installation_error: {
    hint: 'Install the program and its dependencies again.',
    exitCode: 1,
    retryable: false,
  },
} satisfies Record<string, ErrorRule>;

/** Identifies a failure. Each code has one meaning in the library, the command line, the Action and the node. */
export type ErrorCode = keyof typeof RULES;

/** The rules by code. */
export const ERROR_RULES: Readonly<Record<ErrorCode, ErrorRule>> = RULES;

const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  invalid_argument: 'an argument or option was rejected before anything was sent',
  unauthorized: 'the API key is missing or invalid',
  payment_required: 'no credits, an exhausted quota, or an expired subscription',
  forbidden: "the account's plan does not include the call",
  model_not_found: 'the API does not know the model id',
  invalid_request: 'the API rejected the request as invalid',
  rate_limited: "the account's queue is full, or the spam filter rejected the request",
  server_error: 'the server returned HTTP 5xx',
  api_error: 'the API returned any other error',
  unexpected_response:
    'the response is not from the API: no JSON, no status, a redirect, an HTML page, or too large',
  network_error:
    'connection refused or reset, DNS, TLS, no HTTP, or an incomplete response; the message includes the system code',
  request_timeout: 'one request took longer than `requestTimeoutMs`',
  wait_timeout: '`timeoutMs` passed while the model was loading, or before any reply',
  aborted: "the caller's `signal` ended the call",
  image_limit: '`maxImages` was used up before the image of this model',
  installation_error: 'the HTTP client cannot be loaded, or is not allowed to use the network',
};

/** The table of error codes by code. The client needs only the rules, so a bundle may leave out the meanings. */
export const ERROR_SPECS: Readonly<Record<ErrorCode, ErrorSpec>> = /* @__PURE__ */ addColumn(
  ERROR_RULES,
  'meaning',
  MEANINGS,
);
