import { DEFAULTS, type EmulatorOptions } from './options.ts';

/** Options that can be given as text on a command line. */
export type OptionName = Exclude<keyof EmulatorOptions, 'clock' | 'log' | 'intercept'>;

export interface OptionSpec {
  readonly flag: string;
  readonly type: 'text' | 'integer' | 'duration' | 'list' | 'enum' | 'boolean';
  /** Bounds of an integer. */
  readonly min?: number;
  readonly max?: number;
  /** Values of an enum. */
  readonly values?: readonly string[];
  /** Default as text: `2m`, `yes`, `none`. */
  readonly default: string;
  readonly summary: string;
}

/** Table of the options. The checks, the help and the README's table are derived from it. */
export const EMULATOR_OPTION_SPECS: Readonly<Record<OptionName, OptionSpec>> = {
  host: {
    flag: '--host',
    type: 'text',
    default: DEFAULTS.host,
    summary: 'address to listen on',
  },
  port: {
    flag: '--port',
    type: 'integer',
    min: 0,
    max: 65_535,
    default: String(DEFAULTS.port),
    summary: 'port to listen on; 0 picks a free port',
  },
  apiKey: {
    flag: '--api-key',
    type: 'text',
    default: DEFAULTS.apiKey,
    summary: 'the only valid key',
  },
  loadTimeMs: {
    flag: '--load-time',
    type: 'duration',
    default: '2m',
    summary: 'load time of a model',
  },
  idleAfterMs: {
    flag: '--idle-after',
    type: 'duration',
    default: '7d',
    summary: 'time without use after which a model is unloaded',
  },
  latencyMs: {
    flag: '--latency',
    type: 'duration',
    default: '0s',
    summary: 'delay of every reply',
  },
  queueLimit: {
    flag: '--queue-limit',
    type: 'integer',
    min: 0,
    default: String(DEFAULTS.queueLimit),
    summary: 'maximum number of concurrent requests; more get 429',
  },
  queue: {
    flag: '--queue',
    type: 'enum',
    values: ['open', 'loading'],
    default: DEFAULTS.queue,
    summary: 'what fills the queue: open requests, or also loading models',
  },
  spamWindowMs: {
    flag: '--spam-window',
    type: 'duration',
    default: '30s',
    summary: 'minimum time between two calls for a model that the spam filter accepts',
  },
  spamWindow: {
    flag: '--spam-filter',
    type: 'enum',
    values: ['fixed', 'prolonged'],
    default: DEFAULTS.spamWindow,
    summary: 'whether that time starts at the last accepted call, or at the last call of any kind',
  },
  retryAfterMs: {
    flag: '--retry-after',
    type: 'duration',
    default: '30s',
    summary: 'wait that a 429 requests',
  },
  models: {
    flag: '--models',
    type: 'list',
    default: 'none',
    summary: 'trained models of the account',
  },
  listShape: {
    flag: '--list-shape',
    type: 'enum',
    values: ['documented', 'numbered', 'objects', 'pages', 'nulls', 'bare'],
    default: DEFAULTS.listShape,
    summary: 'shape of the list of trained models',
  },
  loaded: {
    flag: '--loaded',
    type: 'list',
    default: 'none',
    summary: 'models that are loaded at the start',
  },
  success: {
    flag: '--success',
    type: 'enum',
    values: ['loaded', 'accepted', 'blocking'],
    default: DEFAULTS.success,
    summary: 'meaning of success',
  },
  repeat: {
    flag: '--repeat',
    type: 'enum',
    values: ['harmless', 'refused', 'restarts'],
    default: DEFAULTS.repeat,
    summary: 'effect of another call while a model loads',
  },
  reloadCounts: {
    flag: '--reload-counts',
    type: 'boolean',
    default: 'yes',
    summary: 'whether a reload call for a loaded model counts as use',
  },
  drawUnloaded: {
    flag: '--draw-unloaded',
    type: 'enum',
    values: ['error', 'queue', 'loads'],
    default: DEFAULTS.drawUnloaded,
    summary: 'effect of an image request for an unloaded model',
  },
};
