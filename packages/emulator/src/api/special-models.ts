import type { Answer, EmulatorReply } from '../http/types.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Model } from '../state/model.ts';
import {
  addPhpWarning,
  createEcho,
  createError,
  createHtml,
  createJson,
  createRateLimited,
  createRateLimitedUntil,
  createSpamFiltered,
  RELOADED,
  RELOADING,
} from './replies.ts';

/** One reload call for a special model. */
export interface ReloadCall {
  readonly options: ResolvedOptions;
  readonly model: Model;
  /** 1 for the first call for this model that passed the queue limit and the spam filter. */
  readonly nth: number;
  /** Time since the previous call; Infinity for the first. */
  readonly sincePreviousMs: number;
  /** Loads the model or counts as use, like a call for a normal model. Returns whether it is loading. */
  readonly touch: () => boolean;
  readonly replyNormally: () => Promise<EmulatorReply>;
}

interface SpecialModel {
  readonly description: string;
  readonly answer: (call: ReloadCall) => Answer | Promise<Answer>;
}

const HOUR_MS = 3_600_000;

const SERVER_ERROR = createError(500, 'Internal server error');
const OUT_OF_CREDITS = 'Insufficient credits. Please add more credits to continue.';
const QUOTA_EXCEEDED =
  'Your monthly limit exceeded, upgrade subscription now on https://modelslab.com/pricing';

const always = (description: string, answer: Answer): SpecialModel => ({
  description,
  answer: () => answer,
});

const first = (what: string, answer: SpecialModel['answer']): SpecialModel => ({
  description: `the first request gets ${what}, then a normal model`,
  answer: (call) => (call.nth === 1 ? answer(call) : call.replyNormally()),
});

const second = (what: string, reply: EmulatorReply): SpecialModel => ({
  description: `a normal model whose second request gets ${what}`,
  // The second request also counts for the model; only its reply is lost.
  answer: async ({ nth, replyNormally }) => {
    const normal = await replyNormally();
    return nth === 2 ? reply : normal;
  },
});

const changed = (what: string, change: (reply: EmulatorReply) => EmulatorReply): SpecialModel => ({
  description: `a normal model whose replies ${what}`,
  answer: async ({ replyNormally }) => change(await replyNormally()),
});

const whileLoading = (what: string, reply: EmulatorReply): SpecialModel => ({
  description: `success with ${what} while it loads, then Model reloaded`,
  answer: ({ touch }) => (touch() ? reply : RELOADED),
});

const TABLE: Readonly<Record<string, SpecialModel>> = {
  'not-found': always('404, model not found', createError(404, 'Model not found: not-found')),
  'always-processing': {
    description: 'processing, forever',
    answer: ({ model }) => {
      if (model.state !== 'loading') model.load(Infinity);
      return RELOADING;
    },
  },
  'fails-once': first('500', () => SERVER_ERROR),
  'rate-limited-once': first('429 with retry_after', ({ options }) => createRateLimited(options)),
  'retry-after-ahead': first(
    '429 with a date in Retry-After, the server clock an hour ahead',
    ({ options }) => createRateLimitedUntil(options, HOUR_MS),
  ),
  'retry-after-behind': first(
    '429 with a date in Retry-After, the server clock an hour behind',
    ({ options }) => createRateLimitedUntil(options, -HOUR_MS),
  ),
  'spam-filtered': {
    description: 'rejected as spam at first, and when requested again too soon',
    answer: ({ nth, sincePreviousMs, replyNormally, options }) =>
      nth === 1 || sincePreviousMs < options.spamWindowMs
        ? createSpamFiltered(options)
        : replyNormally(),
  },
  'out-of-credits': always('402, insufficient credits', createError(402, OUT_OF_CREDITS)),
  'out-of-credits-429': {
    description: '429, insufficient credits, with retry_after',
    answer: ({ options }) => createRateLimited(options, OUT_OF_CREDITS),
  },
  'quota-exceeded': always(
    'an error under HTTP 200, monthly limit exceeded',
    createError(200, QUOTA_EXCEEDED),
  ),
  'quota-exceeded-429': always('429, monthly limit exceeded', createError(429, QUOTA_EXCEEDED)),
  'server-error': always('500, always', SERVER_ERROR),
  'html-502': always('502 with an HTML page', createHtml(502, '502 Bad Gateway')),
  'route-not-found': always(
    '404 of a web framework: a message without a status word',
    createJson(404, { message: 'The route api/v6/images/model_reload could not be found.' }),
  ),
  'problem-json': always('403 with application/problem+json', {
    status: 403,
    headers: { 'content-type': 'application/problem+json' },
    text: '{"type":"about:blank","title":"Forbidden","status":403,"detail":"The request was blocked."}',
  }),
  'http-200-error': always('an error under HTTP 200', createError(200, 'Something went wrong')),
  'error-field': always(
    '404, model not found, with error instead of status and message',
    createJson(404, { error: 'Model not found: error-field' }),
  ),
  'error-object': always(
    'model not found under HTTP 200, with an error object instead of message',
    createJson(200, { status: 'error', error: { message: 'Model not found: error-object' } }),
  ),
  misspelt: changed('have messege instead of message', (reply) => ({
    ...reply,
    text: reply.text.replace('"message":', '"messege":'),
  })),
  'validation-object': always(
    'an error under HTTP 200 whose message is an object of lists',
    createError(200, { model_id: ['The selected model id is invalid.'] }),
  ),
  'status-failed': always(
    'status failed, which is not a documented status',
    createJson(200, { status: 'failed', id: '', message: 'Failed, Try Again', output: '' }),
  ),
  'says-success-while-loading': whileLoading(
    'the text Model is reloading',
    createJson(200, { status: 'success', message: 'Model is reloading' }),
  ),
  deploying: whileLoading(
    'messege deploying_gpu and a string in data',
    createJson(200, {
      status: 'success',
      messege: 'deploying_gpu',
      data: 'it will take upto 30 minutes.',
    }),
  ),
  'no-message': always('success without a message', createJson(200, { status: 'success' })),
  'empty-body': always('200 with an empty body', { ...RELOADED, text: '' }),
  'second-reply-empty': second('200 with an empty body', { ...RELOADED, text: '' }),
  'second-reply-html': second('200 with an HTML page', createHtml(200, 'Welcome')),
  'second-reply-cut': second('200 with truncated JSON', { ...RELOADED, text: '{"status":"succ' }),
  'second-reply-401': second('401', createJson(401, { message: 'Unauthenticated.' })),
  'second-reply-403': second('403 with a challenge page', {
    ...createHtml(403, 'Just a moment...'),
    headers: { 'content-type': 'text/html', 'cf-mitigated': 'challenge' },
  }),
  'second-reply-408': second('408 with an HTML page', createHtml(408, '408 Request Time-out')),
  'php-warning': changed('begin with a PHP warning in HTML', addPhpWarning),
  gzip: changed('are compressed, regardless of accept-encoding', (reply) => ({
    ...reply,
    headers: { ...reply.headers, 'content-encoding': 'gzip' },
  })),
  truncated: always('a body that is shorter than its content-length', 'truncated'),
  huge: always('a JSON body of 64 MiB', 'huge'),
  hangs: always('never replies', 'hangs'),
  drips: always('sends a byte every 100 ms, forever', 'drips'),
  resets: always('resets the connection', 'reset'),
  redirects: always('307 to another path of the same host', {
    status: 307,
    headers: { location: '/api/v6/images/model_reload_moved' },
    text: '',
  }),
  'echoes-key': {
    description: '500 with the key in its message, in five encodings',
    answer: ({ options }) => createEcho(options.apiKey),
  },
};

/** Model ids with a fixed behavior, like the test cards of a payment API. A model may be called `constructor`. */
export const SPECIAL_MODELS: ReadonlyMap<string, SpecialModel> = new Map(Object.entries(TABLE));

/** Their descriptions in one line, by id. */
export const specialModels: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from(SPECIAL_MODELS, ([modelId, { description }]) => [modelId, description]),
);
