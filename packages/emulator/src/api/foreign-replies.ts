import type { EmulatorReply } from '../http/types.ts';
import { createJson } from './replies.ts';

// Replies that do not come from the API itself, but from its web framework, from PHP, or from a proxy.

function createHtml(status: number, title: string): EmulatorReply {
  return {
    status,
    headers: { 'content-type': 'text/html' },
    text: `<html>\n<head><title>${title}</title></head>\n<body><center><h1>${title}</h1></center></body>\n</html>\n`,
  };
}

export const BAD_GATEWAY = createHtml(502, '502 Bad Gateway');
export const HTML_PAGE = createHtml(200, 'Welcome');
export const REQUEST_TIMEOUT = createHtml(408, '408 Request Time-out');
export const CHALLENGE: EmulatorReply = {
  ...createHtml(403, 'Just a moment...'),
  headers: { 'content-type': 'text/html', 'cf-mitigated': 'challenge' },
};

export const EMPTY: EmulatorReply = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  text: '',
};
/** Its content-length is correct; only the JSON text is truncated. */
export const CUT_JSON: EmulatorReply = { ...EMPTY, text: '{"status":"succ' };

export const UNAUTHENTICATED = createJson(401, { message: 'Unauthenticated.' });
export const ROUTE_NOT_FOUND = createJson(404, {
  message: 'The route api/v6/images/model_reload could not be found.',
});
export const PROBLEM: EmulatorReply = {
  ...createJson(403, {
    type: 'about:blank',
    title: 'Forbidden',
    status: 403,
    detail: 'The request was blocked.',
  }),
  headers: { 'content-type': 'application/problem+json' },
};

export const REDIRECT: EmulatorReply = {
  status: 307,
  headers: { location: '/api/v6/images/model_reload_moved' },
  text: '',
};

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

/** Returns the reply, marked for compression by the server. */
export function compress(reply: EmulatorReply): EmulatorReply {
  return { ...reply, headers: { ...reply.headers, 'content-encoding': 'gzip' } };
}
