import { afterEach, expect, test, vi } from 'vitest';
import { exitStep } from './lifecycle.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('the step exits only when its output is written, which is later on some systems', () => {
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  exitStep();
  expect(exit).not.toHaveBeenCalled();
  const onWritten: unknown = write.mock.calls[0]?.at(-1);
  expect.assert(typeof onWritten === 'function');
  onWritten();
  expect(exit).toHaveBeenCalledTimes(1);
});
