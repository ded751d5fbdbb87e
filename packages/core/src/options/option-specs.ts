import {
  isOptionName,
  OPTION_RULES,
  type DefaultedName,
  type OptionName,
  type OptionRule,
  type OptionValues,
} from './option-rules.ts';

/** One row of the table of options. */
export interface OptionSpec<Value = string | number | boolean> extends OptionRule<Value> {
  /** Description for people, without a full stop. */
  summary: string;
  /** Description of the default, if it is not a fixed value. */
  defaultSummary?: string;
}

const SUMMARIES: Readonly<Record<OptionName, string>> = {
  apiKey: 'API key; it is sent in the request body and appears nowhere else',
  baseUrl: 'base URL of the API; `http:` only to this machine, unless insecure HTTP is allowed',
  concurrency: 'maximum number of open requests; waiting models do not occupy a slot',
  maxRetries:
    'maximum retries of a transient failure before the API accepts the request; rate limits do not count',
  pollIntervalMs: 'fixed interval between a reply and the next request for the same model',
  requestTimeoutMs: 'maximum time for one request; connecting has a separate limit of 10 s',
  userAgent: '`User-Agent` header of the requests',
  allowInsecureHttp:
    'allow a base URL with `http:` to another machine; anyone on the network path can read the key',
  until:
    'condition to wait for: the API accepted the request, it returned success, or it generated a small image, which is billed',
  timeoutMs:
    'time from the call until it ends; in `reloadMany` for each model, and its time in line does not count',
  maxAgeMs: 'maximum age of a known success that answers the call without a request',
  imagePrompt: 'prompt of the image check',
  imageBaseModel: 'base model for the image check of a LoRA, whose id is then sent as `lora_model`',
  maxImages:
    'only in `reloadMany`: maximum number of image requests of the whole list that may be billed; the remaining models end with `image_limit`',
};

const DEFAULT_SUMMARIES: Readonly<Record<Exclude<OptionName, DefaultedName>, string>> = {
  apiKey: 'required',
  pollIntervalMs: '35 s until the API accepts the request, then a schedule',
  userAgent: 'name and version of this package',
  maxAgeMs: 'the interval between requests',
  imageBaseModel: 'none',
  maxImages: '3 for each model',
};

/** The table of options by name. The client needs only the rules, so a bundle may leave out the texts. */
export const OPTION_SPECS: {
  readonly [Name in OptionName]: OptionSpec<OptionValues[Name]> &
    (Name extends DefaultedName ? { default: OptionValues[Name] } : unknown);
} = /* @__PURE__ */ createSpecs();

function createSpecs() {
  const specs = Object.create(null);
  for (const [name, rule] of Object.entries(OPTION_RULES)) {
    if (isOptionName(name)) specs[name] = { ...rule, summary: SUMMARIES[name] };
  }
  for (const [name, text] of Object.entries(DEFAULT_SUMMARIES)) specs[name].defaultSummary = text;
  return specs;
}
