import { afterAll, beforeAll, beforeEach } from 'vitest';

/**
 * Collects the unhandled rejections of each test of a file, for an expectation that there are none. The test runner
 * would report them too, but at the end of the run, and also where a test expects one.
 */
export function collectUnhandled(): unknown[] {
  const unhandled: unknown[] = [];
  const collect = (reason: unknown) => void unhandled.push(reason);
  const others = process.listeners('unhandledRejection');
  beforeAll(() => {
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', collect);
  });
  beforeEach(() => void unhandled.splice(0));
  afterAll(() => {
    process.off('unhandledRejection', collect);
    for (const listener of others) process.on('unhandledRejection', listener);
  });
  return unhandled;
}
