/** Cancellation of a call, because its signal aborted or its reader left. */
export interface Cancellation {
  /** The reason of the abort; null until it is aborted. */
  aborted: { reason: unknown } | null;
  /** Called once when it is aborted. */
  readonly listeners: Set<() => void>;
}

/** Creates a cancellation; only `abort` aborts it. */
export function createCancellation(): Cancellation {
  return { aborted: null, listeners: new Set() };
}

/** Aborts a cancellation and keeps the first reason. */
export function abort(cancellation: Cancellation, reason: unknown): void {
  if (cancellation.aborted) return;
  cancellation.aborted = { reason };
  for (const listener of cancellation.listeners) listener();
  cancellation.listeners.clear();
}

/** The calls that use one signal, and their common listener. */
interface SharedSignal {
  readonly calls: Set<Cancellation>;
  readonly onAbort: () => void;
}

/**
 * Returns a function that connects a call to a signal, so that the call is aborted with it, and returns a
 * function to disconnect them. A signal has one listener however many calls use it, because Node 20 and 22
 * warn of a leak at the 11th, and none while no call uses it.
 */
export function createSignalHub() {
  const shared = new WeakMap<AbortSignal, SharedSignal>();

  const share = (signal: AbortSignal): SharedSignal => {
    const calls = new Set<Cancellation>();
    const onAbort = () => {
      for (const call of calls) abort(call, signal.reason);
    };
    const created = { calls, onAbort };
    shared.set(signal, created);
    return created;
  };

  return (signal: AbortSignal | undefined, call: Cancellation): (() => void) => {
    if (signal === undefined) return () => {};
    if (signal.aborted) {
      abort(call, signal.reason);
      return () => {};
    }
    const { calls, onAbort } = shared.get(signal) ?? share(signal);
    if (calls.size === 0) signal.addEventListener('abort', onAbort);
    calls.add(call);
    return () => {
      calls.delete(call);
      if (calls.size === 0) signal.removeEventListener('abort', onAbort);
    };
  };
}
