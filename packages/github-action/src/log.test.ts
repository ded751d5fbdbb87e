import type { ReplyEvent, ReplyReceived, Waiting } from '@modelslab-reload/core/engine';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { failed, outcome } from '../test/outcome.ts';
import { createEventLog, logOutcome } from './log.ts';

const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line).replace(/\r?\n$/, ''));
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

function reply(fields: Partial<ReplyReceived> = {}): ReplyReceived {
  return {
    type: 'reply',
    modelId: 'a',
    attempt: 1,
    status: 'processing',
    message: 'Model is reloading',
    httpStatus: 200,
    errorCode: null,
    elapsedMs: 300,
    nextInMs: 125_000,
    ...fields,
  };
}

function waiting(modelId: string, fields: Partial<Waiting> = {}): Waiting {
  return { type: 'waiting', modelId, reason: 'line', nextInMs: 30_000, ...fields };
}

/** Returns the log lines for events with their times. */
function log(events: readonly (readonly [number, ReplyEvent])[]): string[] {
  let time = 0;
  const listener = createEventLog(() => time);
  for (const [at, event] of events) {
    time = at;
    listener(event);
  }
  return [...lines];
}

describe('createEventLog', () => {
  test.each([
    [{}, 'a: processing, Model is reloading (HTTP 200); next request in 2m 05s'],
    [
      {
        status: 'error',
        errorCode: 'server_error',
        message: 'Oops',
        httpStatus: 500,
        nextInMs: 60,
      },
      'a: server_error, Oops (HTTP 500); next request in 60ms',
    ],
    [
      {
        status: 'error',
        errorCode: 'network_error',
        message: 'reset',
        httpStatus: null,
        nextInMs: null,
      },
      'a: network_error, reset',
    ],
    [
      { status: 'success', message: null, nextInMs: 0 },
      'a: success (HTTP 200); next: an image, which is billed',
    ],
    [
      { status: 'success', message: '##[error]x\n::b::', nextInMs: null },
      'a: success, ## [error]x ::b:: (HTTP 200)',
    ],
  ] as const)('logs the reply %j', (fields, expected) => {
    expect(log([[0, reply(fields)]])).toEqual([expected]);
  });

  test('logs one line for all models in line, and the next after the wait', () => {
    const inLine = (at: number) =>
      Array.from({ length: 50 }, (_, index) => [at, waiting(`m${index}`)] as const);
    expect(log([...inLine(0), ...inLine(29_999), ...inLine(30_000)])).toEqual([
      "The account's queue is full: new models wait in line, 0 are loading; next request in 30s.",
      "The account's queue is full: new models wait in line, 0 are loading; next request in 30s.",
    ]);
  });

  test('logs no line twice within 30 s, even if the waits are shorter', () => {
    const events = Array.from(
      { length: 60 },
      (_, second) => [second * 1000, waiting('m', { nextInMs: 1000 })] as const,
    );
    expect(log(events)).toHaveLength(2);
  });

  test.each([
    [59_999, 1],
    [60_000, 2],
  ])('has logged a wait of a minute, after %i ms, %i times', (again, times) => {
    const minute = waiting('m', { nextInMs: 60_000 });
    expect(
      log([
        [0, minute],
        [again, minute],
      ]),
    ).toHaveLength(times);
  });

  test('counts a model as loading while its requests fail and are retried', () => {
    const retried = reply({ status: 'error', errorCode: 'server_error', httpStatus: 500 });
    const lineAfter = [reply(), retried, waiting('b')].map((event) => [0, event] as const);
    expect(log(lineAfter).at(-1)).toContain(', 1 is loading;');
  });

  test('logs a pause separately from the line, with the number of loading models', () => {
    const pause = waiting('c', { reason: 'pause', nextInMs: null });
    const done = reply({ modelId: 'b', status: 'success', nextInMs: null });
    expect(
      log([
        [0, reply()],
        [1, reply({ modelId: 'b' })],
        [2, waiting('c')],
        [3, done],
        [4, pause],
      ]).filter((line) => !/^[ab]:/.test(line)),
    ).toEqual([
      "The account's queue is full: new models wait in line, 2 are loading; next request in 30s.",
      'The API requested a pause, 1 is loading.',
    ]);
  });

  test('logs nothing about a slot', () => {
    expect(log([[0, waiting('a', { reason: 'slot', nextInMs: null })]])).toEqual([]);
  });
});

test.each([
  [outcome('a'), 'a: success (1 request, 350ms)'],
  [failed('##[error]x'), '## [error]x: failed, model_not_found (1 request, 350ms)'],
  [outcome('a', { requests: 2 }), 'a: success (2 requests, 350ms)'],
])('logOutcome logs the end of $modelId (requests: $requests)', (ended, expected) => {
  logOutcome(ended);
  expect(lines).toEqual([expected]);
});
