import { coreOption, defaultOf, type Flags, type Options } from './option-types.ts';

const timeout = {
  ...coreOption('timeoutMs'),
  value: 'duration',
  summary: `for each model, such as 90s or 1.5h; default ${defaultOf('timeoutMs')}`,
};

/** For every command that sends requests. */
const connectionOptions = {
  'poll-interval': {
    ...coreOption('pollIntervalMs'),
    value: 'd',
    summary: 'fixed interval between requests for a model',
  },
  retries: {
    ...coreOption('maxRetries'),
    value: 'n',
    summary: `retries of a failure before acceptance; default ${defaultOf('maxRetries')}`,
  },
  'request-timeout': {
    ...coreOption('requestTimeoutMs'),
    value: 'd',
    summary: `for one request; default ${defaultOf('requestTimeoutMs')}`,
  },
  output: {
    short: 'o',
    value: 'format',
    values: ['text', 'json', 'ndjson'],
    summary: 'text (default) | json (an array) | ndjson (lines)',
  },
  record: {
    value: 'file',
    isPath: true,
    summary: 'write all requests and replies, without the key',
  },
  'api-key-file': {
    value: 'path',
    isPath: true,
    summary: 'file with the key; - is standard input',
  },
  'base-url': { value: 'url', summary: `default ${defaultOf('baseUrl')}` },
  'allow-insecure-http': { summary: 'allow http: to another machine' },
  quiet: { short: 'q', summary: 'print results only' },
  verbose: { short: 'v', summary: 'print each request and each wait' },
  'no-color': { summary: 'no color' },
} as const satisfies Options;

export const reloadOptions = {
  file: {
    short: 'f',
    value: 'path',
    isPath: true,
    repeats: true,
    summary: 'ids, one per line or as JSON; - is standard input',
  },
  exclude: {
    value: 'id',
    repeats: true,
    summary: 'leave out this model',
  },
  'all-trained': { summary: 'all models that `list` prints' },
  until: {
    ...coreOption('until'),
    short: 'u',
    value: 'what',
    summary: 'accepted | success (default) | image (billed)',
  },
  'max-images': {
    ...coreOption('maxImages'),
    value: 'n',
    summary: 'maximum billed images; required for all trained models',
  },
  'image-base-model': {
    ...coreOption('imageBaseModel'),
    value: 'id',
    summary: 'for the image of a LoRA',
  },
  'no-wait': { summary: 'same as --until accepted' },
  timeout,
  concurrency: {
    ...coreOption('concurrency'),
    value: 'n',
    summary: `maximum concurrent requests; default ${defaultOf('concurrency')}`,
  },
  ...connectionOptions,
} as const satisfies Options;

export const listOptions = {
  timeout: { ...timeout, summary: `for the list; default ${defaultOf('timeoutMs')}` },
  ...connectionOptions,
  'poll-interval': {
    ...connectionOptions['poll-interval'],
    summary: 'fixed interval between retries',
  },
  retries: {
    ...connectionOptions.retries,
    summary: `retries of a failure; default ${defaultOf('maxRetries')}`,
  },
} as const satisfies Options;

/** For every command. */
export const globalOptions = {
  help: { short: 'h', summary: 'usage and options' },
  version: { summary: 'the version' },
} as const satisfies Options;

export type ReloadFlags = Flags<typeof reloadOptions>;
export type ListFlags = Flags<typeof listOptions>;
export type ConnectionFlags = Flags<typeof connectionOptions>;
export type OutputFormat = NonNullable<ConnectionFlags['output']>;
