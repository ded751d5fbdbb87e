import {
  createTransport,
  systemClock,
  type ClientOptions,
  type OutcomeError,
  type Ports,
} from '@modelslab-reload/core';
import {
  createClient as createCoreClient,
  createSignalHub,
  endsAllCalls,
  invalidArgument,
  type CallStart,
  type Client,
  type Hooks,
  type Runtime,
} from '@modelslab-reload/core/engine';
import type { ConnectionOptions } from 'bullmq';
import { follow } from './follow.ts';
import type { Progress, Subject } from './progress.ts';
import { jobId, queueName } from './names.ts';
import { connect } from './queue.ts';
import type { AnyBackend, Jobs, QueueSettings } from './queue.ts';
import { run } from './run.ts';
import { createWatch, type Fleet, type Watch } from './watch.ts';

const MAX_REMEMBERED = 10_000;
/** How long a job is polled after the last call has ended, in milliseconds; two intervals if that is shorter. */
const MAX_LEASE_MS = 15_000;
const MIN_LEASE_MS = 6000;
const LOOKS_PER_LEASE = 3;

/** Options of `createClient`: those of the core, and where the queue is. */
export interface FleetOptions<Connection = ConnectionOptions>
  extends ClientOptions, Partial<Pick<Ports, 'transport'>> {
  /** BullMQ's `connection`: options such as `{ url: 'redis://…' }`, or a client. */
  connection: Connection;
  /** BullMQ's factory of another backend, such as `createPostgresBackend`. Default: Redis or Valkey. */
  backend?: AnyBackend<Connection> | undefined;
}

/** The client of the core for any number of processes. */
export interface FleetClient extends Omit<Client, 'step'> {
  /** Ends the calls of this process as aborted and closes its connections. The calls of other processes go on. */
  close(): Promise<void>;
}

/**
 * Creates a client that shares requests, limits and memory with the clients of all processes that have the same key.
 *
 * @throws {ReloadError} `invalid_argument` for invalid options
 */
export function createClient<Connection = ConnectionOptions>(
  options: FleetOptions<Connection>,
): FleetClient {
  const { connection, backend, ...own } = options;
  if (connection == null) {
    throw invalidArgument(
      'connection is missing.',
      "Pass BullMQ's, such as { url: 'redis://127.0.0.1' }.",
    );
  }
  // They may be inherited, as in the core.
  Object.setPrototypeOf(own, Object.getPrototypeOf(options));
  return createFleet(own, (name, settings) => connect(name, { connection, backend }, settings));
}

/** Creates a client over any queue. */
export function createFleet(
  options: Omit<FleetOptions, 'connection' | 'backend'>,
  connectTo: (name: string, settings: QueueSettings) => Jobs,
): FleetClient {
  const { transport = createTransport() } = options;
  const coreOptions = Object.assign(options, { transport, clock: systemClock });
  let close: FleetClient['close'] | undefined;

  const createDriver: Runtime['createDriver'] = (context, time) => {
    const { apiKey, baseUrl, concurrency, pollIntervalMs, redact } = context;
    // A client for each step, because the account's limits are kept by the queue.
    const client: Pick<Client, 'step' | 'listTrainedModels'> = {
      step: (...step) => createCoreClient(coreOptions).step(...step),
      listTrainedModels: (list) => createCoreClient(coreOptions).listTrainedModels(list),
    };
    const leaseMs = Math.min(
      Math.max(2 * (pollIntervalMs ?? Infinity), MIN_LEASE_MS),
      MAX_LEASE_MS,
    );
    const closing = new AbortController();
    const memory = new Map<string, Progress>();
    const watches = new Map<string, Watch>();
    const onAbortOf = createSignalHub();
    let stops = 0;
    let stop: OutcomeError | undefined;
    let lastFault = 'no reply';

    const endAll = async (reason?: OutcomeError) => {
      await Promise.all(Array.from(watches.values(), (watch) => watch.endAll(reason)));
    };
    const jobs = connectTo(queueName(apiKey, baseUrl), {
      concurrency,
      run: (job) =>
        run(job, { client, jobs, memory, pollIntervalMs, leaseMs, closing: closing.signal }),
      onError(error) {
        if (error instanceof Error) lastFault = error.message;
      },
      onProgress(id, progress) {
        memory.delete(id);
        memory.set(id, progress);
        for (const [oldest] of memory) if (memory.size > MAX_REMEMBERED) memory.delete(oldest);
        if (progress.held) fleet.line.closedAt ??= time.now();
        else if (progress.isAccepted) fleet.line.closedAt = null;
        watches.get(id)?.receive(progress);
        const error = progress.end?.error;
        if (!error || !endsAllCalls(error)) return;
        stops++;
        stop = { ...error, message: `Stopped because another request failed: ${error.message}` };
        void endAll(stop);
      },
    });
    const fleet: Fleet = {
      client: createCoreClient(coreOptions),
      jobs,
      time,
      memory,
      line: { closedAt: null },
      lookMs: leaseMs / LOOKS_PER_LEASE,
      wokenAt: 0,
      describeFault: (error) =>
        redact(`Redis cannot be reached: ${error instanceof Error ? error.message : lastFault}`),
    };

    const wait = async (subject: Subject, start: CallStart, hooks: Hooks) => {
      const id = jobId(subject);
      const watch = watches.get(id) ?? createWatch(fleet, id, subject);
      watches.set(id, watch);
      const { ended, end } = follow(fleet, watch, start, hooks);
      const disconnect = onAbortOf(hooks.signal, end);
      if (hooks.signal?.aborted || closing.signal.aborted) end();
      else if (stop && (start.stops ?? stops) < stops) end(stop);
      try {
        return await ended;
      } finally {
        disconnect();
        if (watch.listeners.size === 0) watches.delete(id);
      }
    };
    close = async () => {
      closing.abort();
      await endAll();
      await jobs.close();
    };

    return {
      time,
      get stops() {
        return stops;
      },
      openBudget() {
        throw invalidArgument(
          'maxImages is not available for several processes.',
          'Check a list of models with images in one process, with the client of @modelslab-reload/core.',
        );
      },
      closeBudget() {},
      async run(start, hooks) {
        const { modelId, imagePrompt = '', imageBaseModel = '', until } = start;
        const reload = { modelId, imagePrompt: null };
        if (until !== 'image') return wait(reload, start, hooks);
        const reloaded = await wait(reload, { ...start, until: 'success' }, hooks);
        const { outcome } = reloaded;
        if (outcome?.error) return reloaded;
        const checked = await wait({ modelId, imagePrompt, imageBaseModel }, start, hooks);
        if (checked.outcome) checked.outcome.requests += outcome?.requests ?? 0;
        return checked;
      },
    };
  };

  const client = createCoreClient(coreOptions, { createDriver });
  // Its place is in the queue.
  Reflect.deleteProperty(client, 'step');
  return Object.assign(client, { close: async () => close?.() });
}
