import { isErrorCode, type ErrorCode } from '../error-codes.ts';
import { createFailure, ReloadError, type ErrorData, type Failure } from '../errors.ts';
import { isObject } from '../protocol/reply-text.ts';
import { toLine } from '../text.ts';

/** A failure, except for what its code and the error say. */
type Meaning = Partial<Failure> & { code: ErrorCode };

const NOT_SENT: Meaning = { code: 'network_error', maybeSent: false };
const CERTIFICATE: Meaning = {
  ...NOT_SENT,
  retryable: false,
  hint: 'Check the base URL. If your own proxy or server uses a private certificate, set NODE_EXTRA_CA_CERTS to the certificate file of its authority.',
};

/** The meanings of system codes; the first match decides. Any other may have been sent. */
const MEANINGS: readonly [RegExp, Meaning][] = [
  [/^E(?:CONNREFUSED|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|NETDOWN|ADDRNOTAVAIL)$/, NOT_SENT],
  // TLS was not established, so the request was not sent.
  [/^EPROTO$|^ERR_SSL_|^UND_ERR_CONNECT_TIMEOUT$/, NOT_SENT],
  // The last is the certificate of a proxy.
  [
    /^(?:CERT_|ERR_TLS_CERT_|UNABLE_TO_(?:GET_ISSUER|VERIFY)_|(?:DEPTH_ZERO_)?SELF_SIGNED_|HOSTNAME_MISMATCH$|INVALID_(?:CA|PURPOSE)$|UND_ERR_PRX_TLS$)/,
    CERTIFICATE,
  ],
  [
    /^(?:UND_ERR_RES_EXCEEDED_MAX_SIZE|(?:UND_ERR_HEADERS|HPE_HEADER)_OVERFLOW)$/,
    { code: 'unexpected_response' },
  ],
  // The last is the timeout of axios, which n8n uses.
  [/^(?:UND_ERR_(?:HEADERS|BODY)_TIMEOUT|ECONNABORTED)$/, { code: 'request_timeout' }],
];

/**
 * Interprets what a transport threw, by the first system code in the error, its causes and, if several addresses were
 * tried, their errors. Untrusted text, such as a proxy's reason, is cleaned and bounded here. It never throws, whatever
 * was thrown: a getter may throw, and every operation on a revoked proxy does.
 */
export function parseTransportError(thrown: unknown, redact: (text: string) => string): Failure {
  const clean = (text: string) => toLine(redact(text));
  try {
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
    const meaning = MEANINGS.find(([pattern]) => pattern.test(code))?.[1] ?? {
      code: 'network_error',
      maybeSent: !isConnecting,
    };
    const isTooLarge = meaning.code === 'unexpected_response';
    const what = isTooLarge ? 'The reply is too large' : 'The request failed';
    // Most messages contain their code: `connect ECONNREFUSED 127.0.0.1:9`.
    const detail = (message.includes(code) ? [message] : [code, message])
      .filter(Boolean)
      .join(', ');
    return createFailure(meaning.code, clean(detail === '' ? what : `${what}: ${detail}`), {
      ...meaning,
      cause: copyWithoutKey(thrown, redact),
    });
  } catch {
    return createFailure('network_error', 'The request failed');
  }
}

/** Returns the code and the message of an error, empty without one, and true if only the connection failed. */
function describe(thrown: unknown) {
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
  const { name, stack }: { name?: unknown; stack?: unknown } =
    thrown instanceof Error ? thrown : {};
  const clean = (text: string) => toLine(redact(text));
  return {
    name: clean(textOf(name) || 'Error'),
    message: clean(message),
    ...(code !== '' && { code: clean(code) }),
    // An application may replace the text by its own `Error.prepareStackTrace`.
    ...(typeof stack === 'string' && {
      // Redacted before it is split, because a key may be broken over lines.
      stack: redact(stack).split('\n', MAX_STACK_LINES).map(toStackLine).join('\n'),
    }),
  };
}

/** Cleans one line of a stack. Its indentation belongs to the stack, not to text that it quotes. */
function toStackLine(line: string): string {
  return (line.startsWith('    at ') ? '    ' : '') + toLine(line);
}
