import type { EmulatorReply } from './exchange.ts';

// The wordings are the vendor's own where they are known, from its documents or from the code of its users.

export function json(status: number, body: object): EmulatorReply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    text: JSON.stringify(body),
  };
}

export function refusal(status: number, message: string | object): EmulatorReply {
  return json(status, { status: 'error', message });
}

export const reloading = json(200, { status: 'processing', message: 'Model is reloading' });
export const reloaded = json(200, { status: 'success', message: 'Model reloaded' });
/** It must not say that loading goes on: in the world where it is used nobody can know. */
export const accepted = json(200, { status: 'success', message: 'Model reload request accepted' });

export const invalidBody = json(400, {
  status: 'error',
  message: 'Invalid API Request',
  tips: 'the body must be a JSON object',
});
export const invalidKey = refusal(401, 'Invalid API key');
export const tooLarge = refusal(413, 'Payload too large');
export const unknownPath = refusal(404, 'Not found');
export const wrongMethod: EmulatorReply = {
  ...refusal(405, 'Method not allowed'),
  headers: { 'content-type': 'application/json', allow: 'POST' },
};
export const serverError = refusal(500, 'Internal server error');

export function rateLimited(queueLimit: number, retryAfterMs: number): EmulatorReply {
  return json(429, {
    status: 'error',
    message: `Rate limit exceeded. Maximum ${queueLimit} queued requests allowed.`,
    retry_after: retryAfterMs / 1000,
  });
}

export function spamFiltered(windowMs: number): EmulatorReply {
  return json(200, {
    status: 'error',
    message: 'Rate limit exceeded',
    tips: `you are sending same request multiple times, spam filter is enabled, please wait for ${windowMs / 1000} seconds and try again`,
  });
}

export const badGateway: EmulatorReply = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  text: '<html>\n<head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad Gateway</h1></center></body>\n</html>\n',
};

export const empty: EmulatorReply = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  text: '',
};

export const redirect: EmulatorReply = {
  status: 307,
  headers: { location: '/api/v6/images/model_reload_moved' },
  text: '',
};

/** The same reply with the misspelt key that some of the vendor's calls have. */
export function misspelt(reply: EmulatorReply): EmulatorReply {
  return { ...reply, text: reply.text.replace('"message":', '"messege":') };
}

/** Everything that an error can do with a key: as it is, and in four disguises. */
export function echo(key: string): EmulatorReply {
  const disguises = [
    key,
    JSON.stringify({ key }),
    encodeURIComponent(key),
    Buffer.from(key).toString('base64'),
    key.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
  ];
  return refusal(500, `Internal server error, request was ${disguises.join(' ; ')}`);
}
