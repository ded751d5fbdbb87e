import type { EmulatorReply } from '../http/types.ts';
import type { ResolvedOptions } from '../options.ts';

// Replies of the API. The texts are the vendor's own where its documents or its users' code contain them.

export function createJson(status: number, body: object): EmulatorReply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    text: JSON.stringify(body),
  };
}

export function createError(status: number, message: string | object): EmulatorReply {
  return createJson(status, { status: 'error', message });
}

export const RELOADING = createJson(200, { status: 'processing', message: 'Model is reloading' });
export const RELOADED = createJson(200, { status: 'success', message: 'Model reloaded' });
/** It must not mention loading, because in its scenario the reply does not reveal it. */
export const ACCEPTED = createJson(200, {
  status: 'success',
  message: 'Model reload request accepted',
});
export const DEPLOYING = createJson(200, {
  status: 'success',
  messege: 'deploying_gpu',
  data: 'it will take upto 30 minutes.',
});

/** Unlike other errors, it has the status `failed`, under HTTP 200. */
export const IMAGE_NOT_FOUND = createJson(200, {
  status: 'failed',
  id: '',
  message: 'Request not found',
  output: '',
});

export const INVALID_BODY = createJson(400, {
  status: 'error',
  message: 'Invalid API Request',
  tips: 'the body must be a JSON object',
});
export const INVALID_KEY = createError(401, 'Invalid API key');
export const TOO_LARGE = createError(413, 'Payload too large');
export const UNKNOWN_PATH = createError(404, 'Not found');
export const WRONG_METHOD: EmulatorReply = {
  ...createError(405, 'Method not allowed'),
  headers: { 'content-type': 'application/json', allow: 'POST' },
};
export const SERVER_ERROR = createError(500, 'Internal server error');

export const OUT_OF_CREDITS = 'Insufficient credits. Please add more credits to continue.';
export const QUOTA_EXCEEDED =
  'Your monthly limit exceeded, upgrade subscription now on https://modelslab.com/pricing';

export function createRateLimited(
  { queueLimit, retryAfterMs }: ResolvedOptions,
  message = `Rate limit exceeded. Maximum ${queueLimit} queued requests allowed.`,
): EmulatorReply {
  return createJson(429, { status: 'error', message, retry_after: retryAfterMs / 1000 });
}

/** Creates a 429 with a date instead of seconds, from a server clock that is ahead of the emulator's. */
export function createRateLimitedUntil(options: ResolvedOptions, aheadMs: number): EmulatorReply {
  const { clock, queueLimit, retryAfterMs } = options;
  const now = clock.now() + aheadMs;
  const reply = createError(
    429,
    `Rate limit exceeded. Maximum ${queueLimit} queued requests allowed.`,
  );
  return {
    ...reply,
    headers: {
      ...reply.headers,
      date: new Date(now).toUTCString(),
      'retry-after': new Date(now + retryAfterMs).toUTCString(),
    },
  };
}

export function createSpamFiltered({ spamWindowMs }: ResolvedOptions): EmulatorReply {
  return createJson(200, {
    status: 'error',
    message: 'Rate limit exceeded',
    tips: `you are sending same request multiple times, spam filter is enabled, please wait for ${spamWindowMs / 1000} seconds and try again`,
  });
}

/** Returns the reply with the misspelled field of some of the vendor's calls. */
export function misspell(reply: EmulatorReply): EmulatorReply {
  return { ...reply, text: reply.text.replace('"message":', '"messege":') };
}

/** Creates an error that contains the key in five encodings. */
export function createEcho(key: string): EmulatorReply {
  const encodings = [
    key,
    JSON.stringify({ key }),
    encodeURIComponent(key),
    Buffer.from(key).toString('base64'),
    key.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
  ];
  return createError(500, `Internal server error, request was ${encodings.join(' ; ')}`);
}
