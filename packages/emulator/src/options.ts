import { realClock, type Clock } from './clock.ts';
import type { EmulatorReply, RecordedRequest } from './exchange.ts';

/** What the emulator pretends. All are optional; every time is in milliseconds. */
export interface EmulatorOptions {
  /** Where `start` listens. Default `127.0.0.1`. */
  host?: string;
  /** Default 8787; 0 takes any free port. */
  port?: number;
  /** The only key that is right. Default `demo-key`. */
  apiKey?: string;
  /** How long a model loads; a function is called once at each start of a load. Default 120 000 (2 minutes). */
  loadTimeMs?: number | ((modelId: string) => number);
  /** A model is unloaded when its last use, or the end of its loading, is this long ago. Default 7 days. */
  idleAfterMs?: number;
  /** More requests than this at once are refused with 429. Default 5. */
  queueLimit?: number;
  /**
   * What fills the queue: `open` (default), the account's open exchanges; `loading`, models that load as well.
   * A model that loads and has an open exchange is counted by its exchanges alone.
   */
  queue?: 'open' | 'loading';
  /** How far apart the spam filter wants two reload calls for one model. Default 30 000. */
  spamWindowMs?: number;
  /**
   * When the spam filter's window begins: `fixed` (default), at the last call that was accepted; `prolonged`, at the
   * last call, so that a rejected call makes the wait longer.
   */
  spamWindow?: 'fixed' | 'prolonged';
  /** The account's trained models: what `finetune_list` answers. Default none. */
  models?: readonly string[];
  /** The models that are loaded at the start. Default none. */
  loaded?: readonly string[];
  /**
   * What `success` means: `loaded` (default), `processing` comes first and `success` when the model is loaded;
   * `accepted`, `success` comes at once while the model still loads; `blocking`, the call answers only when
   * the model is loaded.
   */
  success?: 'loaded' | 'accepted' | 'blocking';
  /**
   * What asking again about a model does while it loads: `harmless` (default), nothing; `refused`, the spam filter
   * is on; `restarts`, the load begins again.
   */
  repeat?: 'harmless' | 'refused' | 'restarts';
  /** Whether a reload call on a loaded model counts as use. Default true. */
  reloadCounts?: boolean;
  /**
   * What an order of a picture does with a model that is not loaded: `error` (default), it is refused; `queue`, it
   * is taken and never drawn; `loads`, the model loads and then draws it.
   */
  drawUnloaded?: 'error' | 'queue' | 'loads';
  /** What a 429 asks for as `retry_after`. Default 30 000. */
  retryAfterMs?: number;
  /** Default: the real one. */
  clock?: Clock;
  /** Gets a short line for what was asked and answered, never with a key. Default: nobody is told. */
  log?: (line: string) => void;
  /**
   * Called for each request before anything else is looked at. A reply is sent as it is, an Error resets the
   * connection (`answer` rejects with it), null goes on as usual.
   */
  intercept?: (seen: RecordedRequest) => EmulatorReply | Error | null;
}

/** The options with their defaults filled in. */
export type Settings = Required<EmulatorOptions>;

export function settingsOf(options: EmulatorOptions): Settings {
  return {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 8787,
    apiKey: options.apiKey ?? 'demo-key',
    loadTimeMs: options.loadTimeMs ?? 120_000,
    idleAfterMs: options.idleAfterMs ?? 7 * 24 * 3_600_000,
    queueLimit: options.queueLimit ?? 5,
    queue: options.queue ?? 'open',
    spamWindowMs: options.spamWindowMs ?? 30_000,
    spamWindow: options.spamWindow ?? 'fixed',
    models: options.models ?? [],
    loaded: options.loaded ?? [],
    success: options.success ?? 'loaded',
    repeat: options.repeat ?? 'harmless',
    reloadCounts: options.reloadCounts ?? true,
    drawUnloaded: options.drawUnloaded ?? 'error',
    retryAfterMs: options.retryAfterMs ?? 30_000,
    clock: options.clock ?? realClock,
    log: options.log ?? (() => {}),
    intercept: options.intercept ?? (() => null),
  };
}

/** Milliseconds that this load of a model takes. */
export function loadTimeOf({ loadTimeMs }: Settings, modelId: string): number {
  return typeof loadTimeMs === 'function' ? loadTimeMs(modelId) : loadTimeMs;
}
