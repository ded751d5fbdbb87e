import { coreOption, defaultOf, type Flags, type Options } from './option-types.ts';

/** For every command that sends requests. */
const connectionOptions = {
  'poll-interval': coreOption('pollIntervalMs', 'd', 'fixed interval between requests for a model'),
  retries: coreOption('maxRetries', 'n', 'retries of a failure before acceptance'),
  'request-timeout': coreOption('requestTimeoutMs', 'd', 'for one request'),
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
  exclude: { value: 'id', repeats: true, summary: 'leave out this model' },
  'all-trained': { summary: 'all models that `list` prints' },
  until: {
    ...coreOption('until', 'what', 'accepted | success (default) | image (billed)'),
    short: 'u',
  },
  'max-images': coreOption(
    'maxImages',
    'n',
    'maximum billed images; required for all trained models',
  ),
  'image-base-model': coreOption('imageBaseModel', 'id', 'for the image of a LoRA'),
  'no-wait': { summary: 'same as --until accepted' },
  timeout: coreOption('timeoutMs', 'duration', 'for each model, such as 90s or 1.5h'),
  concurrency: coreOption('concurrency', 'n', 'maximum concurrent requests'),
  ...connectionOptions,
} as const satisfies Options;

export const listOptions = {
  timeout: coreOption('timeoutMs', 'duration', 'for the list'),
  ...connectionOptions,
  'poll-interval': coreOption('pollIntervalMs', 'd', 'fixed interval between retries'),
  retries: coreOption('maxRetries', 'n', 'retries of a failure'),
} as const satisfies Options;

/** For every command. */
export const globalOptions = {
  help: { short: 'h', summary: 'usage and options' },
  version: { summary: 'the version' },
} as const satisfies Options;

export type ReloadFlags = Flags<typeof reloadOptions>;
export type ListFlags = Flags<typeof listOptions>;
export type OutputFormat = NonNullable<ListFlags['output']>;
