import type { Clock } from './clock/clock.ts';
import type { EmulatorReply, RecordedRequest } from './http/types.ts';
import type { OptionSpec, ValueOf } from './option-types.ts';

const rowOf =
  <Type extends OptionSpec['type']>(type: Type) =>
  (flag: string, initial: string, summary: string) => ({ flag, type, default: initial, summary });

const text = rowOf('text');
const integer = rowOf('integer');
const duration = rowOf('duration');
const boolean = rowOf('boolean');
const list = (flag: string, summary: string) => rowOf('list')(flag, 'none', summary);
/** The first value is the default. */
const oneOf = <const Value extends string>(
  flag: string,
  values: readonly [Value, ...Value[]],
  summary: string,
) => ({ ...rowOf('enum')(flag, values[0], summary), values });

const SPECS = {
  /** Address on which `start` listens. Default `127.0.0.1`. */
  host: text('--host', '127.0.0.1', 'address to listen on'),
  /** Port on which `start` listens. 0 picks a free port. Default 8787. */
  port: { ...integer('--port', '8787', 'port to listen on; 0 picks a free port'), max: 65_535 },
  /** The only valid API key. Default `demo-key`. */
  apiKey: text('--api-key', 'demo-key', 'the only valid key'),
  /** Load time of a model. A function is called once for each load. Default 120 000 (2 minutes). */
  loadTimeMs: duration('--load-time', '2m', 'load time of a model'),
  /** Time without use, or since the end of its load, after which a model is unloaded. Default 7 days. */
  idleAfterMs: duration('--idle-after', '7d', 'time without use after which a model is unloaded'),
  /** Time from the decision about a request to its reply. The request is open until then. Default 0. */
  latencyMs: duration('--latency', '0s', 'delay of every reply'),
  /** Maximum number of concurrent requests; more are rejected with 429. Default 5. */
  queueLimit: integer('--queue-limit', '5', 'maximum number of concurrent requests; more get 429'),
  /**
   * What fills the queue: `open` (default), the account's open requests; `loading`, also the loading models. For a
   * loading model with open requests, only the requests count.
   */
  queue: oneOf(
    '--queue',
    ['open', 'loading'],
    'what fills the queue: open requests, or also loading models',
  ),
  /** Minimum time between two reload calls for one model that the spam filter accepts. Default 30 000. */
  spamWindowMs: duration(
    '--spam-window',
    '30s',
    'minimum time between two calls for a model that the spam filter accepts',
  ),
  /**
   * Start of the spam filter's window: `fixed` (default), the last accepted call; `prolonged`, the last call, so that a
   * rejected call makes the wait longer.
   */
  spamWindow: oneOf(
    '--spam-filter',
    ['fixed', 'prolonged'],
    'whether that time starts at the last accepted call, or at the last call of any kind',
  ),
  /** Wait that a 429 requests. Default 30 000. */
  retryAfterMs: duration('--retry-after', '30s', 'wait that a 429 requests'),
  /** Trained models of the account, which `finetune_list` returns. Default none. */
  models: list('--models', 'trained models of the account'),
  /**
   * Shape of that list in `data`: `documented` (default), an array of ids; `numbered`, an object with the keys 0, 2, 4 …;
   * `objects`, an array of `{ model_id }`; `pages`, Laravel's pages; `nulls`, a null after each id; `bare`, the array alone
   * as the body.
   */
  listShape: oneOf(
    '--list-shape',
    ['documented', 'numbered', 'objects', 'pages', 'nulls', 'bare'],
    'shape of the list of trained models',
  ),
  /** Models that are loaded at the start. Default none. */
  loaded: list('--loaded', 'models that are loaded at the start'),
  /**
   * Meaning of `success`: `loaded` (default), the model is loaded, and `processing` comes before; `accepted`, the load
   * was accepted, and the reply comes immediately; `blocking`, the model is loaded, and the reply comes only then.
   */
  success: oneOf(
    '--success',
    ['loaded', 'accepted', 'blocking'],
    'meaning of success: the model is loaded; the load was accepted; or the model is loaded, and the reply comes only then',
  ),
  /**
   * Effect of another call for a loading model: `harmless` (default), none; `refused`, the spam filter is on;
   * `restarts`, the load starts again.
   */
  repeat: oneOf(
    '--repeat',
    ['harmless', 'refused', 'restarts'],
    'effect of another call while a model loads: none; it is rejected as spam within --spam-window; or the load starts again',
  ),
  /** Whether a reload call for a loaded model counts as use. Default true. */
  reloadCounts: boolean(
    '--reload-counts',
    'yes',
    'whether a reload call for a loaded model counts as use',
  ),
  /**
   * Effect of an image request for an unloaded model: `error` (default), it is rejected under HTTP 200 as not loaded;
   * `not-found`, under 404 as not found; `loading`, under 503 as loading; `queue`, it is accepted and the image is never
   * ready; `loads`, the model loads and the image is ready then.
   */
  drawUnloaded: oneOf(
    '--draw-unloaded',
    ['error', 'not-found', 'loading', 'queue', 'loads'],
    'effect of an image request for an unloaded model: an error that it is not loaded, not found or loading; none, and the image is never ready; or the model loads',
  ),
  /** LoRAs: models that an image request finds only as `lora_model`, beside a base model as `model_id`. Default none. */
  loraOnly: list('--lora-only', 'models that an image request finds only as `lora_model`'),
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
