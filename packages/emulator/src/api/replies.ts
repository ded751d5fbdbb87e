import type { EmulatorReply } from '../http/types.ts';
import type { ResolvedOptions } from '../options.ts';

// Replies that several ids or endpoints share. The texts are the vendor's own where its documents or its users' code
// contain them.

export function createJson(status: number, body: object): EmulatorReply {
  return { status, headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) };
}

export function createError(status: number, message: string | object): EmulatorReply {
  return createJson(status, { status: 'error', message });
}

/** Creates a page of a proxy or a web server. */
export function createHtml(status: number, title: string): EmulatorReply {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    text: `<html>\n<head><title>${title}</title></head>\n<body><center><h1>${title}</h1></center></body>\n</html>\n`,
  };
}

export const RELOADING = createJson(200, { status: 'processing', message: 'Model is reloading' });
export const RELOADED = createJson(200, { status: 'success', message: 'Model reloaded' });

const describeFullQueue = ({ queueLimit }: ResolvedOptions) =>
  `Rate limit exceeded. Maximum ${queueLimit} queued requests allowed.`;

export function createRateLimited(
  options: ResolvedOptions,
  message = describeFullQueue(options),
): EmulatorReply {
  return createJson(429, { status: 'error', message, retry_after: options.retryAfterMs / 1000 });
}

/** Creates a 429 with a date instead of seconds, from a server clock that is ahead of the emulator's. */
export function createRateLimitedUntil(options: ResolvedOptions, aheadMs: number): EmulatorReply {
  const now = options.clock.now() + aheadMs;
  return {
    ...createError(429, describeFullQueue(options)),
    headers: {
      'content-type': 'application/json',
      date: new Date(now).toUTCString(),
      'retry-after': new Date(now + options.retryAfterMs).toUTCString(),
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

const PHP_WARNING =
  '<br />\n<b>Warning</b>:  Undefined array key "eta" in <b>/var/www/app/Model.php</b> on line <b>12</b><br />\n';

/** Returns the reply as PHP sends it with `display_errors` on. */
export function addPhpWarning(reply: EmulatorReply): EmulatorReply {
  return {
    ...reply,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
    text: PHP_WARNING + reply.text,
  };
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
