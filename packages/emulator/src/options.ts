import type { Clock } from './clock/clock.ts';
import type { EmulatorReply, RecordedRequest } from './http/types.ts';
import type { OptionSpec, ValueOf } from './option-types.ts';

const SPECS = {
  /** Address on which `start` listens. Default `127.0.0.1`. */
  host: {
    flag: '--host',
    type: 'text',
    default: '127.0.0.1',
    summary: 'address to listen on',
  },
  /** Port on which `start` listens. 0 picks a free port. Default 8787. */
  port: {
    flag: '--port',
    type: 'integer',
    max: 65_535,
    default: '8787',
    summary: 'port to listen on; 0 picks a free port',
  },
  /** The only valid API key. Default `demo-key`. */
  apiKey: {
    flag: '--api-key',
    type: 'text',
    default: 'demo-key',
    summary: 'the only valid key',
  },
  /** Load time of a model. A function is called once for each load. Default 120 000 (2 minutes). */
  loadTimeMs: {
    flag: '--load-time',
    type: 'duration',
    default: '2m',
    summary: 'load time of a model',
  },
  /** Time without use, or since the end of its load, after which a model is unloaded. Default 7 days. */
  idleAfterMs: {
    flag: '--idle-after',
    type: 'duration',
    default: '7d',
    summary: 'time without use after which a model is unloaded',
  },
  /** Time from the decision about a request to its reply. The request is open until then. Default 0. */
  latencyMs: {
    flag: '--latency',
    type: 'duration',
    default: '0s',
    summary: 'delay of every reply',
  },
  /** Maximum number of concurrent requests; more are rejected with 429. Default 5. */
  queueLimit: {
    flag: '--queue-limit',
    type: 'integer',
    default: '5',
    summary: 'maximum number of concurrent requests; more get 429',
  },
  /**
   * What fills the queue: `open` (default), the account's open requests; `loading`, also the loading models. For a
   * loading model with open requests, only the requests count.
   */
  queue: {
    flag: '--queue',
    type: 'enum',
    values: ['open', 'loading'],
    default: 'open',
    summary: 'what fills the queue: open requests, or also loading models',
  },
  /** Minimum time between two reload calls for one model that the spam filter accepts. Default 30 000. */
  spamWindowMs: {
    flag: '--spam-window',
    type: 'duration',
    default: '30s',
    summary: 'minimum time between two calls for a model that the spam filter accepts',
  },
  /**
   * Start of the spam filter's window: `fixed` (default), the last accepted call; `prolonged`, the last call, so that a
   * rejected call makes the wait longer.
   */
  spamWindow: {
    flag: '--spam-filter',
    type: 'enum',
    values: ['fixed', 'prolonged'],
    default: 'fixed',
    summary: 'whether that time starts at the last accepted call, or at the last call of any kind',
  },
  /** Wait that a 429 requests. Default 30 000. */
  retryAfterMs: {
    flag: '--retry-after',
    type: 'duration',
    default: '30s',
    summary: 'wait that a 429 requests',
  },
  /** Trained models of the account, which `finetune_list` returns. Default none. */
  models: {
    flag: '--models',
    type: 'list',
    default: 'none',
    summary: 'trained models of the account',
  },
  /**
   * Shape of that list in `data`: `documented` (default), an array of ids; `numbered`, an object with the keys 0, 2, 4 …;
   * `objects`, an array of `{ model_id }`; `pages`, Laravel's pages; `nulls`, a null after each id; `bare`, the array alone
   * as the body.
   */
  listShape: {
    flag: '--list-shape',
    type: 'enum',
    values: ['documented', 'numbered', 'objects', 'pages', 'nulls', 'bare'],
    default: 'documented',
    summary: 'shape of the list of trained models',
  },
  /** Models that are loaded at the start. Default none. */
  loaded: {
    flag: '--loaded',
    type: 'list',
    default: 'none',
    summary: 'models that are loaded at the start',
  },
  /**
   * Meaning of `success`: `loaded` (default), the model is loaded, and `processing` comes before; `accepted`, the load
   * was accepted, and the reply comes immediately; `blocking`, the model is loaded, and the reply comes only then.
   */
  success: {
    flag: '--success',
    type: 'enum',
    values: ['loaded', 'accepted', 'blocking'],
    default: 'loaded',
    summary:
      'meaning of success: the model is loaded; the load was accepted; or the model is loaded, and the reply comes only then',
  },
  /**
   * Effect of another call for a loading model: `harmless` (default), none; `refused`, the spam filter is on;
   * `restarts`, the load starts again.
   */
  repeat: {
    flag: '--repeat',
    type: 'enum',
    values: ['harmless', 'refused', 'restarts'],
    default: 'harmless',
    summary:
      'effect of another call while a model loads: none; it is rejected as spam within --spam-window; or the load starts again',
  },
  /** Whether a reload call for a loaded model counts as use. Default true. */
  reloadCounts: {
    flag: '--reload-counts',
    type: 'boolean',
    default: 'yes',
    summary: 'whether a reload call for a loaded model counts as use',
  },
  /**
   * Effect of an image request for an unloaded model: `error` (default), it is rejected under HTTP 200 as not loaded;
   * `not-found`, under 404 as not found; `loading`, under 503 as loading; `queue`, it is accepted and the image is never
   * ready; `loads`, the model loads and the image is ready then.
   */
  drawUnloaded: {
    flag: '--draw-unloaded',
    type: 'enum',
    values: ['error', 'not-found', 'loading', 'queue', 'loads'],
    default: 'error',
    summary:
      'effect of an image request for an unloaded model: an error that it is not loaded, not found or loading; none, and the image is never ready; or the model loads',
  },
  /** LoRAs: models that an image request finds only as `lora_model`, beside a base model as `model_id`. Default none. */
  loraOnly: {
    flag: '--lora-only',
    type: 'list',
    default: 'none',
    summary: 'models that an image request finds only as `lora_model`',
  },
} as const satisfies Record<string, OptionSpec>;

/** Options that can be given as text on a command line. */
export type OptionName = keyof typeof SPECS;

/** Table of these options. The types, the checks, the help and the README's table are derived from it. */
export const EMULATOR_OPTION_SPECS: Readonly<Record<OptionName, OptionSpec>> = SPECS;

type TextOptions = {
  -readonly [Name in keyof typeof SPECS]?:
    | ValueOf<(typeof SPECS)[Name]>
    | (Name extends 'loadTimeMs' ? (modelId: string) => number : never);
};

/** Options of an emulator. All are optional. Times are in milliseconds. */
export interface EmulatorOptions extends TextOptions {
  /** Default: real time. */
  clock?: Clock;
  /** Receives a short line for each request and each reply, never with a key. Default: no log. */
  log?: (line: string) => void;
  /**
   * Called for each request before anything is checked. A reply is sent unchanged, an Error resets the connection
   * (`answer` rejects with it), null continues as usual.
   */
  intercept?: (request: RecordedRequest) => EmulatorReply | Error | null;
}

/** All options, with defaults filled in. */
export type ResolvedOptions = Required<EmulatorOptions>;
