/** The end of a call from outside: its signal aborted, or its reader left. */
export interface Cancellation {
  /** What it was aborted with; null while it was not. */
  aborted: { reason: unknown } | null;
  /** Called once, when it aborts. */
  readonly listeners: Set<() => void>;
}

/** Returns a cancellation that only `abort` aborts. */
export function createCancellation(): Cancellation {
  return { aborted: null, listeners: new Set() };
}

/** Aborts a cancellation; its first reason counts. */
export function abort(cancellation: Cancellation, reason: unknown): void {
  if (cancellation.aborted) return;
  cancellation.aborted = { reason };
  for (const listener of cancellation.listeners) listener();
  cancellation.listeners.clear();
}

/** The calls that use one signal, and the one listener that stands for them all. */
interface SharedSignal {
  readonly calls: Set<Cancellation>;
  readonly onAbort: () => void;
}

/**
 * Returns a function that aborts a call when its signal aborts, until the function it returns is
 * called. However many calls use a signal, it has one listener: Node 20 and 22 warn of a leak at the
 * 11th. A signal that no call uses keeps none.
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
