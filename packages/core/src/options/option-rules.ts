import { MAX_DURATION_MS } from './duration.ts';

/** What the checks of one option need. */
export interface OptionRule<Value = string | number | boolean> {
  /** The function that takes the option: `createClient`, a call such as `reload`, or only `reloadMany`. */
  of: 'client' | 'call' | 'list';
  /** A duration is a number of milliseconds; as text it has a unit, such as `90s`. */
  type: 'duration' | 'integer' | 'enum' | 'text' | 'boolean';
  /** Smallest value; of a duration in milliseconds. */
  min?: number;
  /** Largest value; of a duration in milliseconds. */
  max?: number;
  /** Allowed values of an enum. */
  values?: readonly Value[];
  /** Pattern of a string, and its description, which completes 'must be …'. */
  pattern?: { regExp: RegExp; description: string };
  /** Value of an option that is left out, if it is a fixed one. */
  default?: Value;
}

// The only list of options that are plain values: the types, the checks, the command line, the Action, the node and the
// documents are derived from it.
export const OPTION_RULES = {
  /** The ModelsLab API key. It is sent in the request body and appears nowhere else. Without one, `createClient` throws. */
  apiKey: { of: 'client', type: 'text' },
  /** Base URL of the API; `http:` only to this machine, unless `allowInsecureHttp`. Default `https://modelslab.com`. */
  baseUrl: { of: 'client', type: 'text', default: 'https://modelslab.com' },
  /** Maximum number of open requests of the client, over all its calls. Waiting models do not occupy a slot. Default 2. */
  concurrency: { of: 'client', type: 'integer', min: 1, default: 2 },
  /** Maximum retries of a transient failure before the API accepts the request. Default 3. */
  maxRetries: { of: 'client', type: 'integer', min: 0, default: 3 },
  /**
   * Milliseconds between a reply and the next request for the same model. Default: 35 s until the API accepts the request,
   * then a schedule made for loads of about 2 minutes.
   */
  pollIntervalMs: { of: 'client', type: 'duration', min: 1, max: MAX_DURATION_MS },
  /** Maximum milliseconds for one request; the API may respond only when the model is loaded. Default 150 000. */
  requestTimeoutMs: {
    of: 'client',
    type: 'duration',
    min: 1,
    max: MAX_DURATION_MS,
    default: 150_000,
  },
  /** The `User-Agent` header. Default: name and version of this package. */
  userAgent: {
    of: 'client',
    type: 'text',
    pattern: {
      regExp: /^[\x21-\x7e][\x20-\x7e]*$/,
      description: 'plain ASCII text that does not start with a space',
    },
  },
  /** Allows a `baseUrl` with `http:` to another machine; anyone on the network path can read the key. Default false. */
  allowInsecureHttp: { of: 'client', type: 'boolean', default: false },
  /** Condition to wait for. Default `success`. */
  until: { of: 'call', type: 'enum', values: ['accepted', 'success', 'image'], default: 'success' },
  /**
   * Milliseconds until the call ends; in `reloadMany` for each model, and its time in line does not count. Default
   * 600 000.
   */
  timeoutMs: { of: 'call', type: 'duration', min: 1, max: MAX_DURATION_MS, default: 600_000 },
  /**
   * Maximum age in milliseconds of a known `success` that answers the call without a request. Default: the interval
   * between requests; 0 waits for the interval and sends a request.
   */
  maxAgeMs: { of: 'call', type: 'duration', min: 0 },
  /** Prompt of the image that `until: 'image'` requests. Default: a grey stone. */
  imagePrompt: {
    of: 'call',
    type: 'text',
    pattern: { regExp: /\S/, description: 'text that describes an image' },
    // Harmless in every style that a model may have been trained for.
    default: 'a grey stone on a white table',
  },
  /**
   * Base model of a LoRA, which the image check sends as `model_id`, and the id of the LoRA as `lora_model`. Default: the
   * model is not a LoRA.
   */
  imageBaseModel: {
    of: 'call',
    type: 'text',
    pattern: { regExp: /^[^\s,]+$/, description: 'a model id' },
  },
  /**
   * Maximum number of image requests of the whole list that may be billed; the remaining models end with `image_limit`.
   * Default: three for each model.
   */
  maxImages: { of: 'list', type: 'integer', min: 0 },
} as const satisfies Record<string, OptionRule>;

type Rules = typeof OPTION_RULES;

type ValueOf<Rule extends OptionRule> = Rule extends { values: readonly (infer Value)[] }
  ? Value
  : {
      duration: number;
      integer: number;
      enum: string;
      text: string;
      boolean: boolean;
    }[Rule['type']];

/** The type of each option that is a plain value. */
export type OptionValues = { -readonly [Name in keyof Rules]: ValueOf<Rules[Name]> };

export type OptionName = keyof OptionValues;

/** Options whose default is a fixed value. */
export type DefaultedName = {
  [Name in OptionName]: Rules[Name] extends { default: unknown } ? Name : never;
}[OptionName];

/** A checked value, or the default; undefined if neither is given. */
export type CheckedValue<Name extends OptionName> =
  | OptionValues[Name]
  | (Name extends DefaultedName ? never : undefined);

/** The options that a function takes, all of them optional. */
export type OptionsOf<Of extends OptionRule['of']> = {
  -readonly [Name in keyof Rules as Rules[Name]['of'] extends Of ? Name : never]?:
    | ValueOf<Rules[Name]>
    | undefined;
};

/** Names of the options in a host, such as `--base-url`; without a label an option keeps its own name. */
export type OptionLabels = Partial<Record<OptionName, string>>;

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTION_RULES, name);
}

/** Returns the names of the options that a function takes, in the order of the table. */
export function namesOf<Of extends OptionRule['of']>(...taken: Of[]): (keyof OptionsOf<Of>)[] {
  const isTaken = (name: OptionName): name is keyof OptionsOf<Of> =>
    taken.some((of) => of === OPTION_RULES[name].of);
  return Object.keys(OPTION_RULES).filter(isOptionName).filter(isTaken);
}
