/**
 * Returns a function that calls `onAbort` when a signal aborts, and returns a function to stop. A signal has one listener
 * however many calls use it, because Node 20 and 22 warn of a leak at the 11th, and none while no call uses it.
 */
export function createSignalHub() {
  const shared = new WeakMap<AbortSignal, { calls: Set<() => void>; listener: () => void }>();

  const share = (signal: AbortSignal) => {
    const calls = new Set<() => void>();
    const listener = () => {
      for (const onAbort of calls) onAbort();
    };
    const created = { calls, listener };
    shared.set(signal, created);
    return created;
  };

  return (signal: AbortSignal | undefined, onAbort: () => void): (() => void) => {
    if (signal === undefined) return () => {};
    const { calls, listener } = shared.get(signal) ?? share(signal);
    if (calls.size === 0) signal.addEventListener('abort', listener);
    calls.add(onAbort);
    return () => {
      calls.delete(onAbort);
      // A signal of a host may lack the method, and the call has its result by now.
      if (calls.size === 0) signal.removeEventListener?.('abort', listener);
    };
  };
}
