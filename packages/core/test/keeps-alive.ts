import { createHook } from 'node:async_hooks';

const timers = new Map<number, NodeJS.Timeout>();
const hook = createHook({
  init(id, type, _trigger, resource) {
    if (type === 'Timeout') timers.set(id, resource as NodeJS.Timeout);
  },
  destroy: (id) => timers.delete(id),
});

/** Watches the timers that start from now on; not those that run, such as the one with which vitest delays its reports. */
export function watchTimers(): void {
  timers.clear();
  hook.enable();
}

export function unwatchTimers(): void {
  hook.disable();
}

/**
 * Returns what keeps the process alive, such as sockets, timers and lookups, except for what is the test runner's. A timer
 * that has ended is listed until the next round of the event loop.
 */
export function listWhatKeepsAlive(): string[] {
  const others = process
    .getActiveResourcesInfo()
    .filter((kind) => !['PipeWrap', 'TTYWrap', 'MessagePort', 'Timeout'].includes(kind));
  return [
    ...others,
    ...[...timers.values()].filter((timer) => timer.hasRef()).map(() => 'Timeout'),
  ];
}
