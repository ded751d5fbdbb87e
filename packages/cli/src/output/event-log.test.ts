import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { failing, processing, succeeded, waiting } from '../../test/events.ts';
import { TestProcess } from '../../test/process.ts';
import type { ReloadFlags } from '../options.ts';
import { createEventLog } from './event-log.ts';
import { Progress } from './progress.ts';
import { createTheme } from './theme.ts';

let lines: string[];
let log: ReturnType<typeof createEventLog>;
let progress: Progress;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 25, 14, 3, 0) });
  lines = [];
});
afterEach(() => {
  log.close();
  vi.useRealTimers();
});

function open(
  total: number,
  {
    until = 'success',
    hasStatusLine = false,
    ...flags
  }: ReloadFlags & { hasStatusLine?: boolean } = {},
): void {
  progress = new Progress(total, performance.now());
  const terminal = {
    hasStatusLine,
    theme: createTheme(false, new TestProcess(), {}),
    log: (line: string) => void lines.push(line),
  };
  log = createEventLog(progress, terminal, flags, until);
}

describe('a run of a few models', () => {
  test('has a line for each change, not for each reply', () => {
    open(2);
    log.event(processing('a'));
    log.event(processing('a', { attempt: 2 }));
    log.event(failing('a', 'server_error'));
    expect(lines).toEqual([
      '  a: processing, "Model is reloading"; next request in 2m 10s',
      '  a: server_error, "It failed"; next request in 35s',
    ]);
  });

  test('has no line for the last reply about a model, which is a result', () => {
    open(2);
    log.event(processing('a', { status: 'success', nextInMs: null }));
    log.event(failing('b', 'api_error', { nextInMs: null }));
    expect(lines).toEqual([]);
    expect(progress.unfinished()).toEqual([]);
  });

  test.each([
    ['success', 1],
    ['accepted', 0],
  ] as const)('until %s has %i lines for a model that loads until the deadline', (until, count) => {
    open(1, { until });
    log.event(processing('a', { nextInMs: null }));
    expect(lines).toHaveLength(count);
  });

  test('has one line when models begin to wait for the account, and no summaries', () => {
    open(5);
    log.event(waiting('a', 'line', 20_000));
    log.event(waiting('b', 'line', 20_000));
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(lines).toEqual([
      "  0 of 5 done · 2 in line · 3 not started · paused until 14:03:20, the account's queue is full · 0s",
    ]);
    log.event(waiting('c', 'line', 20_000));
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(1);
  });

  test('has another line when they wait again', () => {
    open(1);
    log.event(waiting('a', 'pause', 20_000));
    vi.advanceTimersByTime(100);
    log.event(processing('a'));
    log.event(waiting('a', 'slot'));
    vi.advanceTimersByTime(100);
    log.event(waiting('a', 'pause', 20_000));
    vi.advanceTimersByTime(100);
    expect(lines.filter((line) => line.includes('paused until'))).toHaveLength(2);
    expect(lines).toHaveLength(3);
  });

  test('has one line when one of them begins to wait, while others load', () => {
    open(2);
    log.event(processing('a'));
    log.event(waiting('b', 'line', 20_000));
    vi.advanceTimersByTime(100);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('1 loading · 1 in line');
  });

  test.each([
    [10, 1],
    [11, 0],
  ])('of %i has %i lines for a change', (total, count) => {
    open(total);
    log.event(processing('a'));
    expect(lines).toHaveLength(count);
    vi.advanceTimersByTime(30_000);
    expect(lines).toHaveLength(1);
  });

  test('has no line for models that wait for a slot', () => {
    open(5);
    log.event(waiting('a', 'slot'));
    vi.advanceTimersByTime(1000);
    expect(lines).toEqual([]);
  });
});

describe('a run of many models', () => {
  test('has a summary each 30 seconds and no line for each model', () => {
    open(200);
    for (let at = 0; at < 200; at++) log.event(processing(`m-${at}`));
    for (let at = 0; at < 50; at++) progress.end(succeeded(`m-${at}`));
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(30_000);
    expect(lines).toEqual(['  50 of 200 done · 150 loading · next request in 1m 40s · 30s']);
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(3);
  });

  test('ends its summaries with the run', () => {
    open(200);
    log.event(waiting('a', 'line'));
    log.close();
    vi.advanceTimersByTime(60_000);
    expect(lines).toEqual([]);
  });
});

describe('--verbose', () => {
  test('has a line for each reply, the last one included', () => {
    open(1, { verbose: true, 'poll-interval': 1 });
    log.event(processing('a'));
    log.event(processing('a', { attempt: 2 }));
    log.event(processing('a', { attempt: 3, status: 'success', nextInMs: null }));
    expect(lines).toEqual([
      expect.stringMatching(/^a: request 1 .* \(--poll-interval\)$/),
      expect.stringMatching(/^a: request 2 /),
      expect.stringMatching(/^a: request 3 .*no more requests$/),
    ]);
  });

  test('reports waits together', () => {
    open(200, { verbose: true });
    for (let at = 0; at < 100; at++) log.event(waiting(`m-${at}`, 'slot'));
    vi.advanceTimersByTime(100);
    // Nothing has changed that is shown.
    log.event(waiting('m-0', 'slot'));
    vi.advanceTimersByTime(100);
    for (let at = 0; at < 100; at++) log.event(waiting(`m-${at}`, 'line', 20_000));
    vi.advanceTimersByTime(60_000);
    expect(lines).toEqual([
      expect.stringContaining('200 not started · waiting for a reply'),
      expect.stringContaining('100 in line · 100 not started · paused until'),
    ]);
  });
});

test.each<[string, Parameters<typeof open>[1]]>([
  ['--quiet', { quiet: true }],
  ['a status line', { hasStatusLine: true }],
])('with %s nothing is printed', (_name, options) => {
  open(200, options);
  log.event(processing('a'));
  log.event(waiting('b', 'line', 20_000));
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual([]);
  expect(progress.unfinished()).toHaveLength(2);
});

test('with a status line --verbose is printed above it', () => {
  open(1, { hasStatusLine: true, verbose: true });
  log.event(processing('a'));
  expect(lines).toHaveLength(1);
});
