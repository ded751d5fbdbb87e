import {
  checkModelId,
  createClient,
  parseDuration,
  ReloadError,
  version,
  type ClientOptions,
  type ReloadManyOptions,
  type Until,
} from '@modelslab-reload/core/engine';
import { proxyFault } from './proxy.ts';

/** The step's inputs, checked: nothing of them can be refused later. */
export interface Inputs {
  client: ClientOptions & { apiKey: string };
  /** Times are in milliseconds; what is undefined takes the core's default. */
  reload: Pick<ReloadManyOptions, 'until'> & { timeoutMs: number };
  /** Distinct, in the order given. */
  modelIds: string[];
  allTrained: boolean;
  failOnError: boolean;
}

/** An input that cannot be right; the message names it and says what to do. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const UNTIL: readonly Until[] = ['accepted', 'success', 'image'];

/**
 * Reads and checks all inputs. The runner enforces none of what action.yml says, and hands an expression that came to
 * nothing over as an empty text, which is read as the default.
 *
 * @param get gives an input by its name, without outer blanks; empty if it is not there
 * @param env holds the proxy variables
 * @throws {InputError} for the first input that is wrong
 */
export function readInputs(get: (name: string) => string, env: NodeJS.ProcessEnv): Inputs {
  const apiKey = get('api-key');
  if (apiKey === '') {
    throw new InputError(
      'The input api-key is empty. Give it a secret that is set: api-key: ${{ secrets.MODELSLAB_API_KEY }}. Runs of a fork and of Dependabot get no secrets.',
    );
  }
  checkedByCore('api-key', () => probe({ apiKey }));

  const baseUrl = get('base-url') || undefined;
  checkedByCore(
    'base-url',
    () => probe({ apiKey, baseUrl }),
    'Give one such as https://modelslab.com; http: only to this machine.',
  );
  const fault = proxyFault(env, baseUrl ?? 'https:');
  if (fault !== null) throw new InputError(fault);

  const allTrained = readBoolean(get, 'all-trained') ?? false;
  const inputs: Inputs = {
    client: {
      apiKey,
      baseUrl,
      userAgent: `modelslab-reload-action/${version}`,
      concurrency: readWholeNumber(get, 'concurrency', 1),
      maxRetries: readWholeNumber(get, 'retries', 0),
      pollIntervalMs: readDuration(get, 'poll-interval'),
      requestTimeoutMs: readDuration(get, 'request-timeout'),
    },
    reload: {
      until: readUntil(get('until')),
      timeoutMs: readDuration(get, 'timeout') ?? 600_000,
    },
    modelIds: readModelIds(get('model-ids'), apiKey),
    allTrained,
    failOnError: readBoolean(get, 'fail-on-error') ?? true,
  };
  if (inputs.modelIds.length === 0 && !allTrained) {
    throw new InputError(
      'The input model-ids is empty. Give model ids, one a line or with commas between them, or set all-trained: true.',
    );
  }
  return inputs;
}

function readModelIds(text: string, apiKey: string): string[] {
  const ids = text.split(/[\r\n,]/).map((id) => id.trim());
  const distinct = [...new Set(ids)].filter((id) => id !== '');
  for (const id of distinct) checkedByCore('model-ids', () => checkModelId(id, apiKey));
  return distinct;
}

function readUntil(text: string): Until | undefined {
  const until = UNTIL.find((known) => known === text);
  if (until === undefined && text !== '') {
    throw new InputError(
      `The input until must be one of ${UNTIL.join(', ')}, not ${JSON.stringify(text)}.`,
    );
  }
  return until;
}

function readBoolean(get: (name: string) => string, name: string): boolean | undefined {
  const text = get(name);
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  if (text === '') return undefined;
  throw new InputError(`The input ${name} must be true or false, not ${JSON.stringify(text)}.`);
}

function readWholeNumber(
  get: (name: string) => string,
  name: string,
  least: number,
): number | undefined {
  const text = get(name);
  if (text === '') return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value;
  throw new InputError(
    `The input ${name} must be a whole number of at least ${least}, not ${JSON.stringify(text)}.`,
  );
}

function readDuration(get: (name: string) => string, name: string): number | undefined {
  const text = get(name);
  if (text === '') return undefined;
  try {
    return parseDuration(text, `The input ${name}`);
  } catch (error) {
    throw ReloadError.isInstance(error) ? new InputError(`${error.message} ${error.hint}`) : error;
  }
}

/** Makes a client that is thrown away: its options are checked where they are used. */
function probe(options: ClientOptions): void {
  createClient({
    ...options,
    transport: () => Promise.reject(new Error('Only the options are looked at.')),
    clock: { now: () => 0, sleep: () => Promise.resolve() },
  });
}

function checkedByCore(name: string, check: () => void, hint?: string): void {
  try {
    check();
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    throw new InputError(`The input ${name}: ${error.message} ${hint ?? error.hint}`);
  }
}
