import { OPTION_TYPES, type OptionSpec } from './option-types.ts';
import { DEFAULTS, type EmulatorOptions } from './options.ts';

/** Options that can be given as text on a command line. */
export type OptionName = Exclude<keyof EmulatorOptions, 'clock' | 'log' | 'intercept'>;

const OPTIONS: Readonly<Record<OptionName, Omit<OptionSpec, 'default'>>> = {
  host: {
    flag: '--host',
    type: 'text',
    summary: 'address to listen on',
  },
  port: {
    flag: '--port',
    type: 'integer',
    min: 0,
    max: 65_535,
    summary: 'port to listen on; 0 picks a free port',
  },
  apiKey: {
    flag: '--api-key',
    type: 'text',
    summary: 'the only valid key',
  },
  loadTimeMs: {
    flag: '--load-time',
    type: 'duration',
    summary: 'load time of a model',
  },
  idleAfterMs: {
    flag: '--idle-after',
    type: 'duration',
    summary: 'time without use after which a model is unloaded',
  },
  latencyMs: {
    flag: '--latency',
    type: 'duration',
    summary: 'delay of every reply',
  },
  queueLimit: {
    flag: '--queue-limit',
    type: 'integer',
    min: 0,
    summary: 'maximum number of concurrent requests; more get 429',
  },
  queue: {
    flag: '--queue',
    type: 'enum',
    values: ['open', 'loading'],
    summary: 'what fills the queue: open requests, or also loading models',
  },
  spamWindowMs: {
    flag: '--spam-window',
    type: 'duration',
    summary: 'minimum time between two calls for a model that the spam filter accepts',
  },
  spamWindow: {
    flag: '--spam-filter',
    type: 'enum',
    values: ['fixed', 'prolonged'],
    summary: 'whether that time starts at the last accepted call, or at the last call of any kind',
  },
  retryAfterMs: {
    flag: '--retry-after',
    type: 'duration',
    summary: 'wait that a 429 requests',
  },
  models: {
    flag: '--models',
    type: 'list',
    summary: 'trained models of the account',
  },
  listShape: {
    flag: '--list-shape',
    type: 'enum',
    values: ['documented', 'numbered', 'objects', 'pages', 'nulls', 'bare'],
    summary: 'shape of the list of trained models',
  },
  loaded: {
    flag: '--loaded',
    type: 'list',
    summary: 'models that are loaded at the start',
  },
  success: {
    flag: '--success',
    type: 'enum',
    values: ['loaded', 'accepted', 'blocking'],
    summary: 'meaning of success',
  },
  repeat: {
    flag: '--repeat',
    type: 'enum',
    values: ['harmless', 'refused', 'restarts'],
    summary: 'effect of another call while a model loads',
  },
  reloadCounts: {
    flag: '--reload-counts',
    type: 'boolean',
    summary: 'whether a reload call for a loaded model counts as use',
  },
  drawUnloaded: {
    flag: '--draw-unloaded',
    type: 'enum',
    values: ['error', 'not-found', 'loading', 'queue', 'loads'],
    summary: 'effect of an image request for an unloaded model',
  },
  loraOnly: {
    flag: '--lora-only',
    type: 'list',
    summary: 'models that an image request finds only as `lora_model`',
  },
};

/** Table of the options. The checks, the help and the README's table are derived from it. */
// Each row has the name of its option.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const EMULATOR_OPTION_SPECS = Object.fromEntries(
  Object.entries(OPTIONS).map(([name, option]) => {
    const value = new Map<string, unknown>(Object.entries(DEFAULTS)).get(name);
    return [name, { ...option, default: OPTION_TYPES[option.type].format(value) }];
  }),
) as Readonly<Record<OptionName, OptionSpec>>;
