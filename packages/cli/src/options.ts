/** One option of the command line: what reads it, its help and its completion are made from this. */
export interface Option {
  short?: `-${string}`;
  long: `--${string}`;
  /** Its value's name in the help; left out where it takes none. */
  value?: string;
  /** How the value is read and completed; a list is all that is allowed. Default `text`. */
  kind?: 'duration' | 'number' | 'path' | 'names' | 'text' | readonly string[];
  /** The bounds of a whole number; from 1 unless said otherwise. */
  least?: number;
  most?: number;
  /** May be given several times. */
  repeats?: true;
  summary: string;
}

const timeout: Option = {
  long: '--timeout',
  value: 'duration',
  kind: 'duration',
  summary: 'for the whole run, as 90s or 1.5h; default 10m',
};

/** For every command that asks the API. */
const connection: readonly Option[] = [
  {
    long: '--poll-interval',
    value: 'd',
    kind: 'duration',
    summary: 'a fixed gap between requests; default: tuned',
  },
  {
    long: '--retries',
    value: 'n',
    kind: 'number',
    least: 0,
    summary: 'how often a failure that may pass is asked again; default 3',
  },
  {
    long: '--request-timeout',
    value: 'd',
    kind: 'duration',
    summary: 'for one request; default 150s',
  },
  {
    short: '-o',
    long: '--output',
    value: 'format',
    kind: ['text', 'json', 'ndjson'],
    summary: 'text (default) | json (an array) | ndjson (lines)',
  },
  {
    long: '--record',
    value: 'file',
    kind: 'path',
    summary: 'every exchange, without the key: for a bug report',
  },
  {
    long: '--api-key-file',
    value: 'path',
    kind: 'path',
    summary: 'a file with the key; - is standard input',
  },
  { long: '--base-url', value: 'url', summary: 'where the API is; default https://modelslab.com' },
  { long: '--allow-insecure-http', summary: 'allow http: to another machine' },
];

const telling: readonly Option[] = [
  { short: '-q', long: '--quiet', summary: 'results only' },
  { short: '-v', long: '--verbose', summary: 'show each request' },
  { long: '--no-color', summary: 'no colour' },
];

export const reloadOptions: readonly Option[] = [
  {
    short: '-f',
    long: '--file',
    value: 'path',
    kind: 'path',
    repeats: true,
    summary: 'ids, one a line; # a comment; - standard input',
  },
  { long: '--all-trained', summary: 'every model that `list` prints' },
  {
    short: '-u',
    long: '--until',
    value: 'what',
    kind: ['accepted', 'success', 'image'],
    summary: 'accepted | success (default) | image (billed)',
  },
  { long: '--no-wait', summary: 'the same as --until accepted' },
  timeout,
  {
    long: '--concurrency',
    value: 'n',
    kind: 'number',
    summary: 'requests open at a time; default 2',
  },
  ...connection,
  ...telling,
];

export const listOptions: readonly Option[] = [timeout, ...connection, ...telling];

export const emulatorOptions: readonly Option[] = [
  { long: '--host', value: 'host', summary: 'where it listens; default 127.0.0.1' },
  {
    long: '--port',
    value: 'port',
    kind: 'number',
    least: 0,
    most: 65_535,
    summary: 'default 8787; 0 takes any free port',
  },
  { long: '--api-key', value: 'key', summary: 'the only key that is right; default demo-key' },
  {
    long: '--load-time',
    value: 'd',
    kind: 'duration',
    summary: 'how long a model loads; default 120s',
  },
  {
    long: '--idle-after',
    value: 'd',
    kind: 'duration',
    summary: 'a model is unloaded after this long; default 7d',
  },
  {
    long: '--queue-limit',
    value: 'n',
    kind: 'number',
    summary: 'more at once are refused with 429; default 5',
  },
  {
    long: '--queue',
    value: 'what',
    kind: ['open', 'loading'],
    summary: 'open (default) | loading: what fills the queue',
  },
  {
    long: '--spam-window',
    value: 'd',
    kind: 'duration',
    summary: 'between two calls for a model; default 30s',
  },
  {
    long: '--retry-after',
    value: 'd',
    kind: 'duration',
    summary: 'what a 429 asks for; default 30s',
  },
  { long: '--models', value: 'a,b', kind: 'names', summary: 'the trained models; default none' },
  { long: '--loaded', value: 'a,b', kind: 'names', summary: 'loaded at the start; default none' },
  {
    long: '--success',
    value: 'what',
    kind: ['loaded', 'accepted', 'blocking'],
    summary: 'loaded (default) | accepted | blocking, see below',
  },
  {
    long: '--repeat',
    value: 'what',
    kind: ['harmless', 'refused', 'restarts'],
    summary: 'harmless (default) | refused | restarts, see below',
  },
  {
    long: '--draw-unloaded',
    value: 'what',
    kind: ['error', 'queue', 'loads'],
    summary: 'error (default) | queue | loads, see below',
  },
  {
    long: '--reload-counts',
    value: 'what',
    kind: ['yes', 'no'],
    summary: 'a reload counts as use: yes (default) | no',
  },
];

export const allOptions: readonly Option[] = [...reloadOptions, ...listOptions, ...emulatorOptions];
