import { SYSTEM_CLOCK, type Clock } from './clock/clock.ts';
import type { EmulatorReply, RecordedRequest } from './http/types.ts';

/** Options of an emulator. All are optional. Times are in milliseconds. */
export interface EmulatorOptions {
  /** Address on which `start` listens. Default `127.0.0.1`. */
  host?: string;
  /** Port on which `start` listens. 0 picks a free port. Default 8787. */
  port?: number;
  /** The only valid API key. Default `demo-key`. */
  apiKey?: string;
  /** Load time of a model. A function is called once for each load. Default 120 000 (2 minutes). */
  loadTimeMs?: number | ((modelId: string) => number);
  /** Time without use, or since the end of its load, after which a model is unloaded. Default 7 days. */
  idleAfterMs?: number;
  /** Time from the decision about a request to its reply. The request is open until then. Default 0. */
  latencyMs?: number;
  /** Maximum number of concurrent requests; more are rejected with 429. Default 5. */
  queueLimit?: number;
  /**
   * What fills the queue: `open` (default), the account's open requests; `loading`, also the loading models. For a
   * loading model with open requests, only the requests count.
   */
  queue?: 'open' | 'loading';
  /** Minimum time between two reload calls for one model that the spam filter accepts. Default 30 000. */
  spamWindowMs?: number;
  /**
   * Start of the spam filter's window: `fixed` (default), the last accepted call; `prolonged`, the last call, so that a
   * rejected call makes the wait longer.
   */
  spamWindow?: 'fixed' | 'prolonged';
  /** Wait that a 429 requests. Default 30 000. */
  retryAfterMs?: number;
  /** Trained models of the account, which `finetune_list` returns. Default none. */
  models?: readonly string[];
  /**
   * Shape of that list in `data`: `documented` (default), an array of ids; `numbered`, an object with the keys 0, 2, 4 …;
   * `objects`, an array of `{ model_id }`; `pages`, Laravel's pages; `nulls`, a null after each id; `bare`, the array alone
   * as the body.
   */
  listShape?: 'documented' | 'numbered' | 'objects' | 'pages' | 'nulls' | 'bare';
  /** Models that are loaded at the start. Default none. */
  loaded?: readonly string[];
  /**
   * Meaning of `success`: `loaded` (default), the model is loaded, and `processing` comes before; `accepted`, the load
   * was accepted, and the reply comes immediately; `blocking`, the model is loaded, and the reply comes only then.
   */
  success?: 'loaded' | 'accepted' | 'blocking';
  /**
   * Effect of another call for a loading model: `harmless` (default), none; `refused`, the spam filter is on;
   * `restarts`, the load starts again.
   */
  repeat?: 'harmless' | 'refused' | 'restarts';
  /** Whether a reload call for a loaded model counts as use. Default true. */
  reloadCounts?: boolean;
  /**
   * Effect of an image request for an unloaded model: `error` (default), it is rejected under HTTP 200 as not loaded;
   * `not-found`, under 404 as not found; `loading`, under 503 as loading; `queue`, it is accepted and the image is never
   * ready; `loads`, the model loads and the image is ready then.
   */
  drawUnloaded?: 'error' | 'not-found' | 'loading' | 'queue' | 'loads';
  /** LoRAs: models that an image request finds only as `lora_model`, beside a base model as `model_id`. Default none. */
  loraOnly?: readonly string[];
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

export const DEFAULTS: ResolvedOptions = {
  host: '127.0.0.1',
  port: 8787,
  apiKey: 'demo-key',
  loadTimeMs: 120_000,
  idleAfterMs: 7 * 24 * 3_600_000,
  latencyMs: 0,
  queueLimit: 5,
  queue: 'open',
  spamWindowMs: 30_000,
  spamWindow: 'fixed',
  retryAfterMs: 30_000,
  models: [],
  listShape: 'documented',
  loaded: [],
  success: 'loaded',
  repeat: 'harmless',
  reloadCounts: true,
  drawUnloaded: 'error',
  loraOnly: [],
  clock: SYSTEM_CLOCK,
  log: () => {},
  intercept: () => null,
};

/** Returns how long this load of a model takes. */
export function getLoadTime({ loadTimeMs }: ResolvedOptions, modelId: string): number {
  return typeof loadTimeMs === 'function' ? loadTimeMs(modelId) : loadTimeMs;
}
