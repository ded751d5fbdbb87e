import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStdout } from './stdout.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MAX_IDLE_MS = 3000;
const MEBIBYTE = 'x'.repeat(2 ** 20);

/** A stream whose reader takes one chunk in each interval. */
function createSlowStream(intervalMs: number) {
  const chunks: number[] = [];
  const write = (chunk: Uint8Array | string, done: () => void) => {
    chunks.push(chunk.length);
    setTimeout(done, intervalMs);
    return true;
  };
  return { chunks, stream: { write } as unknown as NodeJS.WriteStream };
}

function open(intervalMs: number, stderrMs = 0) {
  const { chunks, stream } = createSlowStream(intervalMs);
  const stdout = stream as NodeJS.WriteStream & { fd: 1 };
  const stderr = createSlowStream(stderrMs).stream as NodeJS.WriteStream & { fd: 2 };
  return { chunks, output: createStdout({ stdout, stderr }) };
}

test.each([1, 400, MAX_IDLE_MS - 1])(
  'a reader that takes a chunk every %i ms gets everything, however long it takes',
  async (intervalMs) => {
    const { chunks, output } = open(intervalMs);
    output.print(MEBIBYTE);
    output.print('end');
    const startedAt = Date.now();
    const flushed = output.flush(MAX_IDLE_MS).then(() => Date.now() - startedAt);
    await vi.runAllTimersAsync();
    expect(chunks.reduce((sum, length) => sum + length)).toBe(MEBIBYTE.length + 3);
    expect(await flushed).toBe(chunks.length * intervalMs);
  },
);

test.each([
  ['stdout', MAX_IDLE_MS + 1, 0],
  ['stderr', 1, 60_000],
])(
  'a reader of %s that has stopped is given up after the maximum',
  async (_stream, stdoutMs, stderrMs) => {
    const { output } = open(stdoutMs, stderrMs);
    output.print('result');
    const startedAt = Date.now();
    const flushed = output.flush(MAX_IDLE_MS).then(() => Date.now() - startedAt);
    await vi.advanceTimersByTimeAsync(MAX_IDLE_MS);
    expect(await flushed).toBe(MAX_IDLE_MS);
  },
);
