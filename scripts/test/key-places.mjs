// The possible sources of the key: what an API, a proxy or a transport that echoes it may return.
import {
  encodeBase64,
  encodings as textEncodings,
  WITHOUT_SEMICOLONS,
} from '../../packages/core/test/encodings.ts';
import { isFull } from '../../packages/core/test/effort.ts';

/** The second key has characters that each encoding writes differently. */
export const KEYS = ['Secret-Key.0123456789', `sk/a"b'c\\d&e<f>g+h=i%j~é0123456789`];

const { JSON: json, 'HTML5, names': html } = textEncodings;
const base64 = encodeBase64;

const ENCODINGS = [
  ...Object.values(textEncodings),
  ...WITHOUT_SEMICOLONS,
  (key) => json(json(key)),
  (key) => html(json(key)),
  (key) => html(html(key)),
  (key) => new URLSearchParams({ key }).toString().slice('key='.length),
  base64,
  (key) => encodeURIComponent(base64(key)),
  (key) => Buffer.from(key).toString('base64url'),
  (key) => base64(JSON.stringify({ model_id: 'my-model', key })),
];

const encodings = new Map(
  KEYS.map((key) => [key, [...new Set(ENCODINGS.map((encode) => encode(key)))]]),
);

/** Elsewhere than in CI, a place has every eighth encoding, and the next place others. */
const isTried = (place, nth) => isFull || (place + nth) % 8 === 0;

/** Returns the key in every encoding; some keys look the same in several. */
export const encodingsOf = (key) => encodings.get(key);

const formsOf = new Map(
  KEYS.map((key) => {
    const forms = encodingsOf(key)
      .map((encoded) => encoded.replace(/(?:=|%3D)+$/i, '').toLowerCase())
      .flatMap((encoded) => [encoded, json(encoded), json(json(encoded))]);
    // A text that contains a longer form also contains the shorter one.
    const unique = [...new Set(forms)];
    return [key, unique.filter((form) => !unique.some((o) => o !== form && form.includes(o)))];
  }),
);

/** Returns every form in which an output may contain the key: its encodings, also in JSON and in JSON in JSON. */
export function findKey(key, output) {
  const text = output.toLowerCase();
  return formsOf.get(key).filter((form) => text.includes(form));
}

const reply = (status, body, headers = {}) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  text: typeof body === 'string' ? body : JSON.stringify(body),
});
const success = reply(200, { status: 'success', message: 'Model reloaded' });
const image = reply(200, { status: 'success', output: ['https://cdn.example/1.png'] });

const isToken = (text) => /^[\w!#$%&'*+.^`|~-]+$/.test(text);
const error = (message, more = {}) => ({ status: 'error', message, ...more });

/** Replies with the key, by place: to a reload (the nth of its model), or to an image request. */
const REPLIES = {
  'message of an error': { reload: (key) => reply(500, error(`no: ${key}!`)) },
  'message of a success': { reload: (key) => reply(200, { status: 'success', message: key }) },
  'message of a load in progress': {
    reload: (key, nth) => (nth > 0 ? success : reply(200, { status: 'processing', message: key })),
  },
  'status word': { reload: (key) => reply(200, { status: key, message: 'x' }) },
  'fields beside the message': {
    reload: (key) => reply(400, { status: 'error', messege: key, tips: [key], tip_1: key }),
  },
  'names of fields': { reload: (key) => reply(400, error({ [key]: [key] }, { [key]: 1 })) },
  'HTML page': {
    reload: (key) => reply(502, `<html>${key}</html>`, { 'content-type': 'text/html' }),
  },
  'truncated reply': { reload: (key) => reply(200, `{"status":"success","message":"${key}`) },
  'header value': {
    reload: (key) => reply(500, error('x'), { 'x-echo': key, 'retry-after': key, server: key }),
  },
  'content type': { reload: (key) => reply(200, key, { 'content-type': key }) },
  'header name': {
    carries: isToken,
    reload: (key) => reply(500, error('x'), { [`x-${key}`]: 'a', [key]: key }),
  },
  redirect: { reload: (key) => reply(302, key, { location: `/?key=${key}` }) },
  'URL of an image': {
    image: (key) => reply(200, { status: 'success', output: [`https://cdn.example/${key}`] }),
  },
  'id of an image': { image: (key) => reply(200, { status: 'processing', id: key }) },
  'message about an image': { image: (key) => reply(400, error(key)) },
};

export const REPLY_PLACES = Object.keys(REPLIES);

/** Creates a case: a string with the key after a unique mark. If an output contains the mark, the string reached it. */
function createCase(place, encoded, modelId, answers) {
  const mark = `mark${modelId.replaceAll('-', 'x')}z`;
  return { place, modelId, mark, text: `${mark}.${encoded}`, ...answers };
}

const replyCases = new Map(
  KEYS.map((key, nthKey) => [
    key,
    Object.entries(REPLIES).flatMap(([place, { carries = () => true, ...answers }], at) =>
      encodingsOf(key)
        .filter(carries)
        .map((encoded, nth) => createCase(place, encoded, `${'mk'[nthKey]}-${at}-${nth}`, answers))
        .filter((_, nth) => isTried(at + nthKey, nth)),
    ),
  ]),
);

/** Returns all cases of the replies, each with a model id for its place and encoding. */
export const casesOfReplies = (key) => replyCases.get(key);

/** Returns cases for another place, with an id for each encoding. */
export function createOtherCases(place, key, prefix) {
  return encodingsOf(key)
    .map((encoded, nth) => createCase(place, encoded, `${prefix}-0-${nth}`))
    .filter((_, nth) => isTried(place.length, nth));
}

/** Creates an API that echoes the key as in the cases; all other models succeed. */
export function createApi(key, listed = []) {
  const cases = new Map(casesOfReplies(key).map((one) => [one.modelId, one]));
  const everything = encodingsOf(key).join(' ');
  const asked = new Map();
  return (path, body) => {
    const { model_id: model, lora_model: modelId = model } = JSON.parse(body);
    const { text, ...answers } = cases.get(modelId) ?? {};
    if (path.endsWith('/finetune_list')) {
      return reply(200, { status: 'success', data: listed.map((one) => ({ model_id: one.text })) });
    }
    if (path.endsWith('/wallet_balance')) return reply(200, error(everything));
    if (path.endsWith('/text2img')) return answers.image?.(text) ?? image;
    const nth = asked.get(modelId) ?? 0;
    asked.set(modelId, nth + 1);
    return answers.reload?.(text, nth) ?? success;
  };
}
