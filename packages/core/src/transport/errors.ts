import { isErrorCode, type ErrorCode } from '../error-codes.ts';
import { createFailure, ReloadError, type ErrorData, type Failure } from '../errors.ts';
import { toLine } from '../text.ts';

/** A failure, except for what its code and the error say. */
type Meaning = Partial<Failure> & { code: ErrorCode };

const NOT_SENT: Meaning = { code: 'network_error', maybeSent: false };
const MAYBE_SENT: Meaning = { code: 'network_error' };
const TIMED_OUT: Meaning = { code: 'request_timeout' };
const TOO_LARGE: Meaning = { code: 'unexpected_response' };
const CERTIFICATE: Meaning = {
  ...NOT_SENT,
  retryable: false,
  hint: 'Check the base URL. If your own proxy or server uses a private certificate, set NODE_EXTRA_CA_CERTS to the certificate file of its authority.',
};
const REJECTED_BY_PROXY: Meaning = {
  ...NOT_SENT,
  retryable: false,
  hint: 'Check the proxy settings: the proxy rejected the connection.',
};
/** What to do if a permission model denies a file, a variable or the network. */
export const PERMISSION_HINT =
  'Allow it: Deno needs --allow-net, --allow-env and --allow-read; Node with --permission needs --allow-fs-read and, from Node 25 on, --allow-net.';
const DENIED: Meaning = { code: 'installation_error', maybeSent: false, hint: PERMISSION_HINT };

/** The meanings of system codes; the first match decides. Any other may have been sent. */
const MEANINGS: readonly [RegExp, Meaning][] = [
  [/^E(?:CONNREFUSED|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|NETDOWN|ADDRNOTAVAIL)$/, NOT_SENT],
  // TLS was not established, so the request was not sent.
  [/^EPROTO$|^ERR_SSL_|^UND_ERR_CONNECT_TIMEOUT$/, NOT_SENT],
  [/^(?:CERT_|ERR_TLS_CERT_|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE))/, CERTIFICATE],
  // The last is the certificate of a proxy.
  [
    /^(?:(?:DEPTH_ZERO_)?SELF_SIGNED_CERT(?:_IN_CHAIN)?|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|UND_ERR_PRX_TLS)$/,
    CERTIFICATE,
  ],
  [/^UND_ERR_ABORTED$/, REJECTED_BY_PROXY],
  // Node's permission model, from Node 25 on also for the network.
  [/^ERR_ACCESS_DENIED$/, DENIED],
  [/^(?:UND_ERR_RES_EXCEEDED_MAX_SIZE|(?:UND_ERR_HEADERS|HPE_HEADER)_OVERFLOW)$/, TOO_LARGE],
  // The last is the timeout of axios, which n8n uses.
  [/^(?:UND_ERR_(?:HEADERS|BODY)_TIMEOUT|ECONNABORTED)$/, TIMED_OUT],
];

/**
 * Interprets what a transport threw, by the first system code in the error, its causes and, if several addresses were
 * tried, their errors. Untrusted text, such as a proxy's reason, is cleaned and bounded here. It never throws, whatever
 * was thrown: a getter may throw, and every operation on a revoked proxy does.
 */
export function parseTransportError(thrown: unknown, redact: (text: string) => string): Failure {
  try {
    return interpret(thrown, redact);
  } catch {
    return createFailure('network_error', 'The request failed');
  }
}

function interpret(thrown: unknown, redact: (text: string) => string): Failure {
  const clean = (text: string) => toLine(redact(text));
  // A transport that knows the cause throws a ReloadError.
  if (ReloadError.isInstance(thrown) && isErrorCode(thrown.code)) {
    return createFailure(thrown.code, clean(thrown.message), {
      hint: clean(thrown.hint),
      retryable: false,
      maybeSent: false,
      cause: copyWithoutKey(thrown.cause ?? thrown, redact),
    });
  }
  const { code, message, isConnecting } = describe(thrown);
  const meaning =
    MEANINGS.find(([pattern]) => pattern.test(code))?.[1] ?? (isConnecting ? NOT_SENT : MAYBE_SENT);
  const what = meaning === TOO_LARGE ? 'The reply is too large' : 'The request failed';
  // Most messages contain their code: `connect ECONNREFUSED 127.0.0.1:9`.
  const detail = (message.includes(code) ? [message] : [code, message]).filter(Boolean).join(', ');
  return createFailure(meaning.code, clean(detail === '' ? what : `${what}: ${detail}`), {
    ...meaning,
    cause: copyWithoutKey(thrown, redact),
  });
}

/** What the errors of a failure say. */
interface Description {
  /** Empty without one. */
  code: string;
  message: string;
  /** True if the connection failed, so that nothing was sent. */
  isConnecting: boolean;
}

function describe(thrown: unknown): Description {
  let message = '';
  // An error has a handful of causes at most; the bound is for an error that is its own cause.
  for (let error = thrown, depth = 0; isObject(error) && depth < 10; depth++) {
    const attempts = Array.isArray(error.errors) ? error.errors.filter(isObject) : [];
    // The message next to the code has the most detail; that of a wrapper ('fetch failed') is the fallback. The error
    // for several addresses has none of its own.
    const own =
      textOf(error.message) || attempts.map((attempt) => textOf(attempt.message)).join('; ');
    if (typeof error.code === 'string') {
      const tried = attempts.length > 0 ? attempts : [error];
      const isConnecting = tried.every(({ syscall }) => syscall === 'connect');
      return { code: error.code, message: own || message, isConnecting };
    }
    message ||= own;
    error = error.cause ?? attempts[0];
  }
  return { code: '', message: isObject(thrown) ? message : String(thrown), isConnecting: false };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Maximum number of stack lines; more do not help a developer. */
const MAX_STACK_LINES = 40;

// What a transport throws may contain the whole request, including the key (axios does this), so only its name, code,
// message and stack are kept, with each line cleaned.
function copyWithoutKey(thrown: unknown, redact: (text: string) => string): ErrorData {
  const { code, message } = describe(thrown);
  const clean = (text: string) => toLine(redact(text));
  const { name, stack }: { name?: unknown; stack?: unknown } =
    thrown instanceof Error ? thrown : {};
  return {
    name: clean(textOf(name) || 'Error'),
    message: clean(message),
    ...(code !== '' && { code: clean(code) }),
    // An application may replace the text by its own `Error.prepareStackTrace`.
    ...(typeof stack === 'string' && { stack: cleanStack(redact(stack)) }),
  };
}

function cleanStack(stack: string): string {
  const lines = stack.split('\n', MAX_STACK_LINES);
  // The indentation belongs to the stack, not to text that it quotes.
  return lines
    .map((line) => (/^ {4}at /.test(line) ? `    ${toLine(line)}` : toLine(line)))
    .join('\n');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
