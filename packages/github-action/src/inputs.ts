import {
  checkClientOptions,
  invalidArgument,
  parseOption,
  ReloadError,
  version,
  type OptionName,
} from '@modelslab-reload/core/engine';
import { parseModelIds } from './model-ids.ts';

/** The core's option for each input that is one. Its type and bounds are in `OPTION_SPECS`. */
export const INPUT_OPTIONS = {
  until: 'until',
  timeout: 'timeoutMs',
  'max-images': 'maxImages',
  'image-base-model': 'imageBaseModel',
  'poll-interval': 'pollIntervalMs',
  concurrency: 'concurrency',
  retries: 'maxRetries',
  'request-timeout': 'requestTimeoutMs',
  'base-url': 'baseUrl',
} as const satisfies Record<string, OptionName>;

export type Inputs = ReturnType<typeof readInputs>;

/**
 * Reads and checks all inputs, of which none can be rejected later; an undefined one has the core's default. The runner
 * enforces nothing in action.yml. It passes a missing input and an empty expression as an empty string.
 */
export function readInputs(get: (name: string) => string) {
  const option = <Input extends keyof typeof INPUT_OPTIONS>(input: Input) =>
    parseOption(INPUT_OPTIONS[input], get(input), `The input ${input}`);

  const apiKey = readApiKey(get);
  const baseUrl = readBaseUrl(apiKey, option('base-url'));
  const allTrained = readBoolean(get, 'all-trained') ?? false;
  const modelIds = parseModelIds(get('model-ids'), apiKey);
  if (modelIds === null && !allTrained) {
    throw invalidArgument(
      'The input model-ids is empty.',
      'Give model ids, one on each line or separated by commas, or set all-trained: true.',
    );
  }
  const [until, maxImages] = [option('until'), option('max-images')];
  if (allTrained && until === 'image' && maxImages === undefined) {
    throw invalidArgument(
      'all-trained with until: image would bill an image of every model of the account.',
      'Set the input max-images to the maximum number of images.',
    );
  }
  return {
    client: {
      apiKey,
      baseUrl,
      userAgent: `modelslab-reload-action/${version}`,
      concurrency: option('concurrency'),
      maxRetries: option('retries'),
      pollIntervalMs: option('poll-interval'),
      requestTimeoutMs: option('request-timeout'),
    },
    call: {
      until,
      timeoutMs: option('timeout'),
      maxImages,
      imageBaseModel: option('image-base-model'),
    },
    modelIds: modelIds ?? [],
    excludedIds: parseModelIds(get('exclude-model-ids'), apiKey, 'exclude-model-ids') ?? [],
    allTrained,
    failOnError: readBoolean(get, 'fail-on-error') ?? true,
  };
}

function readApiKey(get: (name: string) => string): string {
  const apiKey = get('api-key');
  if (apiKey === '') {
    throw invalidArgument(
      'The input api-key is empty.',
      'Set it to a secret that exists: api-key: ${{ secrets.MODELSLAB_API_KEY }}. Runs of a fork or of Dependabot do not receive secrets.',
    );
  }
  checkClientOptions({ apiKey });
  return apiKey;
}

function readBaseUrl(apiKey: string, baseUrl: string | undefined): string | undefined {
  try {
    checkClientOptions({ apiKey, baseUrl }, { baseUrl: 'The input base-url' });
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    // The core's hint names an option that the Action does not have.
    const hint = 'Use one such as https://modelslab.com; http: is allowed only to this machine.';
    throw invalidArgument(error.message, hint);
  }
  return baseUrl;
}

function readBoolean(get: (name: string) => string, name: string): boolean | undefined {
  const text = get(name);
  if (text === '') return undefined;
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  throw invalidArgument(
    `The input ${name} must be true or false, not ${JSON.stringify(text)}.`,
    'Write true or false, without quotes.',
  );
}
