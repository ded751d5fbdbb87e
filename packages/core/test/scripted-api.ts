import { createVirtualClock } from '@modelslab-reload/emulator';
import { createClient } from '../src/client.ts';
import { createProcessDriver } from '../src/drivers/process.ts';
import type { Runtime } from '../src/drivers/driver.ts';
import { createWorkerDriver } from '../src/drivers/worker.ts';
import type {
  Client,
  ClientOptions,
  Clock,
  Outcome,
  Ports,
  ReloadOptions,
  Transport,
  TransportRequest,
} from '../src/engine.ts';
import { ReloadError } from '../src/errors.ts';

export const KEY = 'test-key-0123456789';
/** What the wall clock shows at the start, in milliseconds since 1970. */
export const WALL_START_MS = Date.parse('2026-11-21T20:15:00Z');

/** The scripted API's response to one request. */
export type Step = {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Milliseconds until it responds. */
  after?: number;
  /** A system error code to fail with instead of a response. */
  fails?: string;
};

export const success: Step = { body: { status: 'success', message: 'Model reloaded' } };
export const processing: Step = { body: { status: 'processing', message: 'Model is reloading' } };
export const hangs: Step = { after: Infinity };
/** The account's queue is full, for so many seconds. */
export const full = (seconds: number): Step =>
  apiError(429, 'Rate limit exceeded', { retry_after: seconds });
export const apiError = (status: number, message: string, more: object = {}): Step => ({
  status,
  body: { status: 'error', message, ...more },
});

/** Returns the name of a request: the model id for a reload, `image …` and `fetch …` for an image check. */
function nameOf({ url, body }: TransportRequest): string {
  const { model_id: modelId } = JSON.parse(body);
  const fetched = /\/fetch\/(.*)$/.exec(url)?.[1];
  if (fetched !== undefined) return `fetch ${fetched}`;
  return url.endsWith('/text2img') ? `image ${modelId}` : (modelId ?? 'list');
}

/** The responses to all requests in turn, or by the name of the request; the last one repeats. */
export type Script = Step[] | Record<string, Step[]>;

/** A request to the scripted API, in seconds since the start. */
export interface ScriptedRequest {
  id: string;
  at: number;
  /** Also set if it failed or was aborted. */
  endedAt: number | null;
  isReplied: boolean;
}

/** Creates the API of a script, and records its requests. */
export function createScript(
  script: Script,
  { monotonicMs, sleep }: Pick<Required<Clock>, 'monotonicMs' | 'sleep'>,
) {
  const counts: Record<string, number> = {};
  const requests: ScriptedRequest[] = [];
  /** The step of each request. */
  const played: Step[] = [];
  const now = () => monotonicMs() / 1000;
  let open = 0;
  let maxOpen = 0;

  const transport: Transport = async (request, signal) => {
    const id = nameOf(request);
    const steps = Array.isArray(script) ? script : (script[id] ?? [success]);
    const step = steps[Math.min((counts[id] ??= 0), steps.length - 1)] ?? success;
    counts[id]++;
    const seen: ScriptedRequest = { id, at: now(), endedAt: null, isReplied: false };
    requests.push(seen);
    played.push(step);
    maxOpen = Math.max(maxOpen, ++open);
    // An aborted request has ended, although its promise settles a little later.
    const end = () => {
      if (seen.endedAt !== null) return;
      open--;
      seen.endedAt = now();
    };
    signal.addEventListener('abort', end);
    try {
      await sleep(step.after ?? 0, signal);
      if (signal.aborted) throw signal.reason;
      if (step.fails) throw Object.assign(new Error('it broke'), { code: step.fails });
    } finally {
      end();
    }
    seen.isReplied = true;
    const text = typeof step.body === 'string' ? step.body : JSON.stringify(step.body ?? {});
    return { status: step.status ?? 200, headers: step.headers ?? {}, text };
  };
  return { transport, requests, played, now, mostOpen: () => maxOpen };
}

/**
 * Creates a client on a virtual clock. Its API follows a script. The monotonic clock starts at 0 and the wall clock
 * in 2026, so that mixing them up is visible.
 */
export function scriptedApi(
  script: Script,
  options: Partial<ClientOptions & Ports> = {},
  { isIsolated = false, ...runtime }: Partial<Runtime> & { isIsolated?: boolean } = {},
) {
  const virtual = createVirtualClock();
  const monotonicMs = virtual.now;
  let wallStart = WALL_START_MS;
  const clock = { ...virtual, now: () => wallStart + monotonicMs(), monotonicMs };
  // A test may replace the sleep of the clock.
  const { transport, ...api } = createScript(script, {
    monotonicMs,
    sleep: (ms, signal) => clock.sleep(ms, signal),
  });
  const client: Client = createClient(
    { apiKey: KEY, transport, clock, ...options },
    // Without jitter, so that tests can state exact times.
    {
      random: () => 0,
      createDriver: isIsolated ? createWorkerDriver : createProcessDriver,
      ...runtime,
    },
  );
  /** Sets the wall clock, by so many milliseconds; the monotonic clock does not move. */
  const moveWall = (ms: number) => {
    wallStart += ms;
  };
  return { ...api, client, clock, moveWall, run: clock.run };
}

/** Calls `reload`; returns the outcome, even of a call that rejects with one. */
export async function outcomeOf(
  { client }: { client: Client },
  id = 'm',
  options: ReloadOptions = {},
): Promise<Outcome> {
  try {
    return await client.reload(id, options);
  } catch (error) {
    if (!ReloadError.isInstance(error) || !error.outcome) throw error;
    return error.outcome;
  }
}
