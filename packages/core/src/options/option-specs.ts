import { MAX_DURATION_MS } from './duration.ts';
import type { OptionSpec } from './option-spec.ts';

// The only list of options that are plain values: the types, the checks, the command line, the Action, the node and the
// documents are derived from it.
const SPECS = {
  /** The ModelsLab API key. It is sent in the request body and appears nowhere else. Without one, `createClient` throws. */
  apiKey: {
    of: 'client',
    type: 'text',
    defaultSummary: 'required',
    summary: 'API key; it is sent in the request body and appears nowhere else',
  },
  /** Base URL of the API; `http:` only to this machine, unless `allowInsecureHttp`. Default `https://modelslab.com`. */
  baseUrl: {
    of: 'client',
    type: 'text',
    default: 'https://modelslab.com',
    summary: 'base URL of the API; `http:` only to this machine, unless insecure HTTP is allowed',
  },
  /** Maximum number of open requests of the client, over all its calls. Waiting models do not occupy a slot. Default 2. */
  concurrency: {
    of: 'client',
    type: 'integer',
    min: 1,
    default: 2,
    summary: 'maximum number of open requests; waiting models do not occupy a slot',
  },
  /** Maximum retries of a transient failure before the API accepts the request. Default 3. */
  maxRetries: {
    of: 'client',
    type: 'integer',
    min: 0,
    default: 3,
    summary:
      'maximum retries of a transient failure before the API accepts the request; rate limits do not count',
  },
  /**
   * Milliseconds between a reply and the next request for the same model. Default: 35 s until the API accepts the request,
   * then a schedule made for loads of about 2 minutes.
   */
  pollIntervalMs: {
    of: 'client',
    type: 'duration',
    min: 1,
    max: MAX_DURATION_MS,
    defaultSummary: '35 s until the API accepts the request, then a schedule',
    summary: 'fixed interval between a reply and the next request for the same model',
  },
  /** Maximum milliseconds for one request; the API may respond only when the model is loaded. Default 150 000. */
  requestTimeoutMs: {
    of: 'client',
    type: 'duration',
    min: 1,
    max: MAX_DURATION_MS,
    default: 150_000,
    summary: 'maximum time for one request; connecting has a separate limit of 10 s',
  },
  /** The `User-Agent` header. Default: name and version of this package. */
  userAgent: {
    of: 'client',
    type: 'text',
    pattern: {
      regExp: /^[\x21-\x7e][\x20-\x7e]*$/,
      description: 'plain ASCII text that does not start with a space',
    },
    defaultSummary: 'name and version of this package',
    summary: '`User-Agent` header of the requests',
  },
  /** Allows a `baseUrl` with `http:` to another machine; anyone on the network path can read the key. Default false. */
  allowInsecureHttp: {
    of: 'client',
    type: 'boolean',
    default: false,
    summary:
      'allow a base URL with `http:` to another machine; anyone on the network path can read the key',
  },
  /** Condition to wait for. Default `success`. */
  until: {
    of: 'call',
    type: 'enum',
    values: ['accepted', 'success', 'image'],
    default: 'success',
    summary:
      'condition to wait for: the API accepted the request, it returned success, or it generated a small image, which is billed',
  },
  /**
   * Milliseconds until the call ends; in `reloadMany` for each model, and its time in line does not count. Default
   * 600 000.
   */
  timeoutMs: {
    of: 'call',
    type: 'duration',
    min: 1,
    max: MAX_DURATION_MS,
    default: 600_000,
    summary:
      'time from the call until it ends; in `reloadMany` for each model, and its time in line does not count',
  },
  /**
   * Maximum age in milliseconds of a known `success` that answers the call without a request. Default: the interval
   * between requests; 0 waits for the interval and sends a request.
   */
  maxAgeMs: {
    of: 'call',
    type: 'duration',
    min: 0,
    defaultSummary: 'the interval between requests',
    summary: 'maximum age of a known success that answers the call without a request',
  },
  /** Prompt of the image that `until: 'image'` requests. Default: a grey stone. */
  imagePrompt: {
    of: 'call',
    type: 'text',
    pattern: { regExp: /\S/, description: 'text that describes an image' },
    // Harmless in every style that a model may have been trained for.
    default: 'a grey stone on a white table',
    summary: 'prompt of the image check',
  },
  /**
   * Base model of a LoRA, which the image check sends as `model_id`, and the id of the LoRA as `lora_model`. Default: the
   * model is no LoRA.
   */
  imageBaseModel: {
    of: 'call',
    type: 'text',
    pattern: { regExp: /^[^\s,]+$/, description: 'a model id' },
    defaultSummary: 'none',
    summary: 'base model for the image check of a LoRA, whose id is then sent as `lora_model`',
  },
  /**
   * Maximum number of image requests of the whole list that may be billed; the remaining models end with `image_limit`.
   * Default: three for each model.
   */
  maxImages: {
    of: 'list',
    type: 'integer',
    min: 0,
    defaultSummary: '3 for each model',
    summary:
      'only in `reloadMany`: maximum number of image requests of the whole list that may be billed; the remaining models end with `image_limit`',
  },
} as const satisfies Record<string, OptionSpec>;

type Specs = typeof SPECS;

type ValueOf<Spec extends OptionSpec> = Spec extends { values: readonly (infer Value)[] }
  ? Value
  : {
      duration: number;
      integer: number;
      enum: string;
      text: string;
      boolean: boolean;
    }[Spec['type']];

/** The type of each option that is a plain value. */
export type OptionValues = { -readonly [Name in keyof Specs]: ValueOf<Specs[Name]> };

export type OptionName = keyof OptionValues;

/** Options whose default is a fixed value. */
export type DefaultedName = {
  [Name in OptionName]: Specs[Name] extends { default: unknown } ? Name : never;
}[OptionName];

/** The options that a function takes, all of them optional. */
export type OptionsOf<Of extends OptionSpec['of']> = {
  -readonly [Name in keyof Specs as Specs[Name]['of'] extends Of ? Name : never]?:
    | ValueOf<Specs[Name]>
    | undefined;
};

/** The table of options by name. */
export const OPTION_SPECS: {
  readonly [Name in OptionName]: OptionSpec<OptionValues[Name]> &
    (Name extends DefaultedName ? { default: OptionValues[Name] } : unknown);
} = SPECS;

/** Names of the options in a host, such as `--base-url`; without a label an option keeps its own name. */
export type OptionLabels = Partial<Record<OptionName, string>>;

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(SPECS, name);
}

/** Returns the names of the options that a function takes, in the order of the table. */
export function namesOf<Of extends OptionSpec['of']>(...taken: Of[]): (keyof OptionsOf<Of>)[] {
  const isTaken = (name: OptionName): name is keyof OptionsOf<Of> =>
    taken.some((of) => of === SPECS[name].of);
  return Object.keys(SPECS).filter(isOptionName).filter(isTaken);
}
