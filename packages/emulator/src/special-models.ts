import type { Answer, EmulatorReply } from './exchange.ts';
import type { Model } from './model.ts';
import type { Settings } from './options.ts';
import {
  badGateway,
  echo,
  empty,
  json,
  misspelt,
  rateLimited,
  redirect,
  refusal,
  reloaded,
  reloading,
  serverError,
  spamFiltered,
} from './replies.ts';

/** One reload call about a special model. */
export interface Asking {
  readonly settings: Settings;
  readonly model: Model;
  /** 1 for the first call about this model that got past the queue limit and the spam filter. */
  readonly nth: number;
  /** How long before this call the previous one came; Infinity for the first. */
  readonly sincePreviousMs: number;
  /** Does what asking does to a normal model: load it, count as use. */
  readonly touch: () => void;
  /** What a normal model does and says. */
  readonly normally: () => Promise<EmulatorReply>;
}

interface SpecialModel {
  readonly means: string;
  readonly answer: (asking: Asking) => Answer | Promise<Answer>;
}

const table: Readonly<Record<string, SpecialModel>> = {
  'not-found': {
    means: '404, model not found',
    answer: () => refusal(404, 'Model not found: not-found'),
  },
  'always-processing': {
    means: 'processing, for ever',
    answer({ model }) {
      if (model.state !== 'loading') model.load(Infinity);
      return reloading;
    },
  },
  'fails-once': {
    means: 'the first request gets 500, then a normal model',
    answer: ({ nth, normally }) => (nth === 1 ? serverError : normally()),
  },
  'rate-limited-once': {
    means: 'the first request gets 429 with retry_after, then a normal model',
    answer: ({ nth, normally, settings }) =>
      nth === 1 ? rateLimited(settings.queueLimit, settings.retryAfterMs) : normally(),
  },
  'spam-filtered': {
    means: 'refused as spam at first, and when asked again too soon',
    answer: ({ nth, sincePreviousMs, normally, settings }) =>
      nth === 1 || sincePreviousMs < settings.spamWindowMs
        ? spamFiltered(settings.spamWindowMs)
        : normally(),
  },
  'server-error': {
    means: '500, always',
    answer: () => serverError,
  },
  'html-502': {
    means: '502 with an HTML page',
    answer: () => badGateway,
  },
  'http-200-error': {
    means: 'an error under HTTP 200',
    answer: () => refusal(200, 'Something went wrong'),
  },
  misspelt: {
    means: 'a normal model whose replies say messege in place of message',
    answer: async ({ normally }) => misspelt(await normally()),
  },
  'validation-object': {
    means: 'an error under HTTP 200 whose message is an object of lists',
    answer: () => refusal(200, { model_id: ['The selected model id is invalid.'] }),
  },
  'status-failed': {
    means: 'status failed, a word that is not documented',
    answer: () => json(200, { status: 'failed', id: '', message: 'Failed, Try Again', output: '' }),
  },
  'says-success-while-loading': {
    means: 'success with the text Model is reloading while it loads, then Model reloaded',
    answer({ model, touch }) {
      touch();
      return model.state === 'loading'
        ? json(200, { status: 'success', message: 'Model is reloading' })
        : reloaded;
    },
  },
  'no-message': {
    means: 'success without a message',
    answer: () => json(200, { status: 'success' }),
  },
  'empty-body': {
    means: '200 with an empty body',
    answer: () => empty,
  },
  truncated: {
    means: 'a body that is shorter than its content-length',
    answer: () => 'truncated',
  },
  huge: {
    means: 'a JSON body of 64 MiB',
    answer: () => 'huge',
  },
  hangs: {
    means: 'never answers',
    answer: () => 'hangs',
  },
  drips: {
    means: 'answers a byte every 100 ms, without end',
    answer: () => 'drips',
  },
  resets: {
    means: 'the connection is reset',
    answer: () => 'reset',
  },
  redirects: {
    means: '307 to another path of the same host',
    answer: () => redirect,
  },
  'echoes-key': {
    means: '500 with the key in its message, in five spellings',
    answer: ({ settings }) => echo(settings.apiKey),
  },
};

/** The model ids that have a meaning, like a payment API's test cards: id -> what it does, in a line. */
export const specialModels: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(table).map(([modelId, { means }]) => [modelId, means]),
);

export function specialModel(modelId: string): SpecialModel | undefined {
  // A model may be called `constructor`.
  return Object.hasOwn(table, modelId) ? table[modelId] : undefined;
}
