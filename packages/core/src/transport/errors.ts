import { ERROR_SPECS } from '../error-codes.ts';
import { createFailure, ReloadError, type Failure } from '../errors.ts';
import { toLine } from '../text.ts';

/** The meaning of a system code; a code that is not listed is a retryable failure that may have been sent. */
interface Meaning {
  code: 'network_error' | 'request_timeout' | 'unexpected_response' | 'installation_error';
  retryable: boolean;
  retryableAfterAcceptance?: boolean;
  maybeSent: boolean;
  hint?: string;
}

const NOT_SENT: Meaning = { code: 'network_error', retryable: true, maybeSent: false };
const CERTIFICATE: Meaning = {
  code: 'network_error',
  retryable: false,
  maybeSent: false,
  hint: 'Check the base URL. If your own proxy or server uses a private certificate, set NODE_EXTRA_CA_CERTS to the certificate file of its authority.',
};
const TOO_LARGE: Meaning = {
  code: 'unexpected_response',
  retryable: false,
  retryableAfterAcceptance: true,
  maybeSent: true,
};
const TIMED_OUT: Meaning = { code: 'request_timeout', retryable: true, maybeSent: true };
const MAYBE_SENT: Meaning = { code: 'network_error', retryable: true, maybeSent: true };

/** What to do if a permission model denies a file, a variable or the network. */
export const PERMISSION_HINT =
  'Allow it: Deno needs --allow-net, --allow-env and --allow-read; Node with --permission needs --allow-fs-read and, from Node 25 on, --allow-net.';

// A map, because a code may be any text: `constructor` is in every object.
const MEANINGS = new Map<string, Meaning>(
  Object.entries({
    ECONNREFUSED: NOT_SENT,
    ENOTFOUND: NOT_SENT,
    EAI_AGAIN: NOT_SENT,
    EHOSTUNREACH: NOT_SENT,
    ENETUNREACH: NOT_SENT,
    ENETDOWN: NOT_SENT,
    EADDRNOTAVAIL: NOT_SENT,
    UND_ERR_CONNECT_TIMEOUT: NOT_SENT,
    // TLS was not established, so the request was not sent.
    EPROTO: NOT_SENT,
    // A proxy that rejects the tunnel.
    UND_ERR_ABORTED: {
      code: 'network_error',
      retryable: false,
      maybeSent: false,
      hint: 'Check the proxy settings: the proxy rejected the connection.',
    },
    DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
    SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
    UNABLE_TO_GET_ISSUER_CERT: CERTIFICATE,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
    HOSTNAME_MISMATCH: CERTIFICATE,
    INVALID_CA: CERTIFICATE,
    INVALID_PURPOSE: CERTIFICATE,
    // The certificate of a proxy.
    UND_ERR_PRX_TLS: CERTIFICATE,
    // Node's permission model, from Node 25 on also for the network.
    ERR_ACCESS_DENIED: {
      code: 'installation_error',
      retryable: false,
      maybeSent: false,
      hint: PERMISSION_HINT,
    },
    UND_ERR_RES_EXCEEDED_MAX_SIZE: TOO_LARGE,
    UND_ERR_HEADERS_OVERFLOW: TOO_LARGE,
    HPE_HEADER_OVERFLOW: TOO_LARGE,
    UND_ERR_HEADERS_TIMEOUT: TIMED_OUT,
    UND_ERR_BODY_TIMEOUT: TIMED_OUT,
    // The timeout of axios, which n8n uses.
    ECONNABORTED: TIMED_OUT,
  }),
);

/**
 * Interprets what a transport threw, by the first system code in the error, its causes and, if several addresses were
 * tried, their errors. Untrusted text, such as a proxy's reason, is cleaned and bounded here. It never throws, whatever
 * was thrown: a getter may throw, and every operation on a revoked proxy does.
 */
export function parseTransportError(thrown: unknown, redact: (text: string) => string): Failure {
  try {
    return interpret(thrown, redact);
  } catch {
    return createFailure('network_error', 'The request failed', MAYBE_SENT);
  }
}

function interpret(thrown: unknown, redact: (text: string) => string): Failure {
  const clean = (text: string) => toLine(redact(text));
  // A transport that knows the cause throws a ReloadError.
  if (ReloadError.isInstance(thrown) && Object.hasOwn(ERROR_SPECS, thrown.code)) {
    return createFailure(thrown.code, clean(thrown.message), {
      hint: clean(thrown.hint),
      maybeSent: false,
      cause: copyWithoutKey(thrown.cause ?? thrown, redact),
    });
  }
  const { code, message, isConnecting } = describe(thrown);
  const meaning = findMeaning(code ?? '', isConnecting);
  const what = meaning === TOO_LARGE ? 'The reply is too large' : 'The request failed';
  // Most messages contain their code: `connect ECONNREFUSED 127.0.0.1:9`.
  const parts = code !== null && message.includes(code) ? [message] : [code, message];
  const detail = parts.filter((part) => part !== null && part !== '').join(', ');
  return createFailure(meaning.code, clean(detail === '' ? what : `${what}: ${detail}`), {
    ...meaning,
    cause: copyWithoutKey(thrown, redact),
  });
}

function findMeaning(code: string, isConnecting: boolean): Meaning {
  if (/^(?:CERT_|ERR_TLS_CERT_)/.test(code)) return CERTIFICATE;
  if (code.startsWith('ERR_SSL_')) return NOT_SENT;
  return MEANINGS.get(code) ?? (isConnecting ? NOT_SENT : MAYBE_SENT);
}

/** What the errors of a failure say. */
interface Description {
  code: string | null;
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
  return { code: null, message: isObject(thrown) ? message : String(thrown), isConnecting: false };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Maximum number of stack lines; more do not help a developer. */
const MAX_STACK_LINES = 40;

// What a transport throws may contain the whole request, including the key (axios does this), so only its name, code,
// message and stack are kept, with each line cleaned.
function copyWithoutKey(thrown: unknown, redact: (text: string) => string): Error {
  const { code, message } = describe(thrown);
  const clean = (text: string) => toLine(redact(text));
  const cause = new Error(clean(message));
  if (thrown instanceof Error) {
    cause.name = clean(textOf(thrown.name) || 'Error');
    // An application may replace the text by its own `Error.prepareStackTrace`.
    if (typeof thrown.stack === 'string') cause.stack = cleanStack(redact(thrown.stack));
  }
  return code === null ? cause : Object.assign(cause, { code: clean(code) });
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
