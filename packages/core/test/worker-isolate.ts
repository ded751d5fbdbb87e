import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { createVirtualClock } from '@modelslab-reload/emulator';
import type { ClientOptions, Transport } from '../src/engine.ts';
import { createClient } from '../src/worker.ts';
import { createScript, KEY, WALL_START_MS, type Script } from './scripted-api.ts';

/** A request to a Worker; nothing of it runs after it has ended. */
export interface WorkerRequest {
  name: string;
  /** When it ends, in milliseconds; Infinity if it lives as long as its work. */
  endsAt: number;
  /** A time in which nothing of it runs, although the isolate does. */
  stall?: Stall;
}

/** A time in which the isolate runs nothing: the timers and replies that are due come late, at its end. */
export interface Stall {
  at: number;
  ms: number;
}

/**
 * Creates a Worker's client on a virtual clock, in an isolate that handles several requests. As in a real one, what a
 * request has started stops when it ends. `violations` lists what one request did to a timer, an API request or a
 * promise of another one, which a real isolate forbids.
 */
export function createIsolate(
  script: Script,
  {
    stalls = [],
    areRepliesLast = false,
    ...options
  }: Partial<ClientOptions> & { stalls?: Stall[]; areRepliesLast?: boolean } = {},
) {
  const contexts = new AsyncLocalStorage<WorkerRequest>();
  const violations = new Set<string>();
  const virtual = createVirtualClock();
  /** The owner of each timer and API request that has not ended. */
  const pending = new Set<{ owner: WorkerRequest | undefined }>();
  const isOver = (context: WorkerRequest | undefined) =>
    context !== undefined && context.endsAt <= virtual.now();

  const checkOwner = (owner: WorkerRequest | undefined, what: string) => {
    const current = contexts.getStore();
    if (owner && current && owner !== current) {
      violations.add(`${current.name} ${what} of ${owner.name}`);
    }
  };
  /** Returns when the isolate, or one request in it, runs again; `time` itself outside of a stall. */
  const resumesAt = (time: number, own: Stall[] = []): number => {
    const stall = [...stalls, ...own].find(({ at, ms }) => at <= time && time < at + ms);
    return stall ? resumesAt(stall.at + stall.ms, own) : time;
  };
  const wait = async (ms: number, signal: AbortSignal, isReply: boolean) => {
    const sleeping = { owner: contexts.getStore() };
    const onAbort = () => checkOwner(sleeping.owner, 'ended a timer or a request');
    pending.add(sleeping);
    signal.addEventListener('abort', onAbort);
    await virtual.sleep(ms, signal);
    const own = sleeping.owner?.stall ? [sleeping.owner.stall] : [];
    while (!signal.aborted && resumesAt(virtual.now(), own) > virtual.now()) {
      await virtual.sleep(resumesAt(virtual.now(), own) - virtual.now(), signal);
      // The timers that are due have their turn first.
      if (isReply && areRepliesLast) await virtual.sleep(0, signal);
    }
    pending.delete(sleeping);
    signal.removeEventListener('abort', onAbort);
    if (isOver(sleeping.owner)) await new Promise(() => {});
  };
  const clock = {
    now: () => WALL_START_MS + virtual.now(),
    monotonicMs: virtual.now,
    sleep: (ms: number, signal: AbortSignal) => wait(ms, signal, false),
  };
  const api = createScript(script, { ...clock, sleep: (ms, signal) => wait(ms, signal, true) });
  /** The Worker's request that sent each of the API's. */
  const senders: (WorkerRequest | undefined)[] = [];
  const transport: Transport = (request, signal) => {
    senders.push(contexts.getStore());
    return api.transport(request, signal);
  };

  /** Runs a task with a hook that sees which request creates, awaits and resolves each promise. */
  const watchPromises = async <Result>(task: () => Promise<Result>) => {
    const owners = new Map<number, WorkerRequest | undefined>();
    const hook = createHook({
      init(id, type, trigger) {
        if (type !== 'PROMISE') return;
        checkOwner(owners.get(trigger), 'awaits a promise');
        owners.set(id, contexts.getStore());
      },
      promiseResolve: (id) => checkOwner(owners.get(id), 'resolved a promise'),
    });
    hook.enable();
    try {
      return await task();
    } finally {
      hook.disable();
      // Otherwise every later promise of the process would be tracked for it, too.
      contexts.disable();
    }
  };

  return {
    ...api,
    client: createClient({ apiKey: KEY, transport, clock, ...options }),
    clock,
    senders,
    violations,
    resumesAt,
    nowMs: virtual.now,
    sleep: virtual.sleep,
    /** Returns the number of timers and API requests of the Worker's requests that have not ended. */
    countPending: () => [...pending].filter(({ owner }) => !isOver(owner)).length,
    /** Handles a request to the Worker that begins now, or when the isolate runs again; null if it ends before its work. */
    async handle<Result>(
      context: WorkerRequest,
      task: () => Promise<Result>,
    ): Promise<Result | null> {
      await virtual.sleep(resumesAt(virtual.now()) - virtual.now());
      const ended = new Promise<null>((resolve) => {
        if (context.endsAt < Infinity) {
          void virtual.sleep(context.endsAt - virtual.now()).then(() => resolve(null));
        }
      });
      return Promise.race([contexts.run(context, task), ended]);
    },
    run: <Result>(task: () => Promise<Result>) => virtual.run(() => watchPromises(task)),
  };
}
