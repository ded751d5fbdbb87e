import { describe, expect, test } from 'vitest';
import { failing, processing, succeeded, waiting } from '../../test/events.ts';
import { Progress } from './progress.ts';
import { spinnerLine, statusLine, statusText } from './status-line.ts';
import { widthOf } from './width.ts';

const WALL_TIME = new Date(2026, 10, 25, 14, 3, 0).getTime();
/** Time of the clock at the start of each run. */
const START = 500_000;

/** Returns the status line so many milliseconds after the start, without its spinner. */
function draw(progress: Progress, elapsedMs: number, columns = 120): string {
  const theme = { style: (_: unknown, text: string) => text, spinner: ['-'] };
  const frame = { now: START + elapsedMs, wallTime: WALL_TIME, columns, theme };
  return statusLine(progress, frame).slice(2);
}

/** Returns a run of `total` models with events at its start. */
function run(total: number, events: Parameters<Progress['record']>[0][] = []): Progress {
  const progress = new Progress(total, START);
  for (const event of events) progress.record(event, START);
  return progress;
}

test('a line of wide characters is truncated to its columns', () => {
  const progress = run(3, [processing('モデル名')]);
  const width = (columns: number) => widthOf(draw(progress, 2500, columns));
  for (let columns = 5; columns <= 80; columns++) expect(width(columns)).toBeLessThan(columns - 2);
});

describe('a run of a few models', () => {
  test('before the first reply', () => {
    expect(draw(run(3), 2500)).toBe('0 of 3 done · waiting for the first reply · 2s');
  });

  test('when every model that had an event is done', () => {
    const progress = run(3);
    progress.end(succeeded('a'));
    expect(draw(progress, 2500)).toBe('1 of 3 done · waiting for a reply · 2s');
  });

  test('names the models, by their next request', () => {
    const progress = run(4, [processing('portrait')]);
    progress.record(processing('product', { nextInMs: 35_000 }), START + 1200);
    progress.end(succeeded('done'));
    expect(draw(progress, 30_000)).toBe(
      '1 of 4 done · waiting for product, portrait · 30s, usually about 2m · next request in 7s',
    );
    expect(draw(progress, 36_200)).toMatch(/ · waiting for a reply$/);
  });

  test('names a failure that is retried', () => {
    expect(draw(run(1, [failing('portrait', 'server_error')]), 0)).toContain(
      'waiting for portrait (server_error) · 0s',
    );
  });

  test('shows that the deadline comes before the next request', () => {
    expect(draw(run(1, [processing('portrait', { nextInMs: null })]), 5200)).toBe(
      '0 of 1 done · waiting for portrait · 5s, usually about 2m · no time left for another request',
    );
  });

  test('shows that a loading model is paused, and until when', () => {
    const progress = run(1, [processing('portrait')]);
    progress.record(waiting('portrait', 'pause', 20_000), START);
    expect(draw(progress, 0)).toBe(
      '0 of 1 done · waiting for portrait · 0s, usually about 2m · paused until 14:03:20, as the API requested',
    );
  });

  test('is not paused when the poll of a loading model is rate limited', () => {
    const progress = run(1, [processing('a'), failing('a', 'rate_limited', { nextInMs: 20_000 })]);
    expect(draw(progress, 0)).toMatch(
      / · waiting for a \(rate_limited\) · .* · next request in 20s$/,
    );
  });

  test('that waits for a slot waits for the replies to others', () => {
    const progress = run(2, [processing('portrait')]);
    progress.record(waiting('portrait', 'slot'), START);
    expect(draw(progress, 0)).toMatch(/ · waiting for a reply$/);
  });

  test('in which no model has begun has no empty part', () => {
    const progress = run(2);
    progress.record(waiting('a', 'slot'), START);
    expect(draw(progress, 0, 40)).toBe('0 of 2 done · waiting for a reply');
  });

  test.each([
    [5, 'waiting for m-0, m-1, m-2 and 2 more'],
    [6, '6 loading'],
  ])('of %i models has the part %j', (total, part) => {
    const events = Array.from({ length: total }, (_, at) => processing(`m-${at}`));
    expect(draw(run(total, events), 0).split(' · ')[1]).toBe(part);
  });

  test.each([
    [120, 'waiting for a-model, b-model, c-model and 1 more · 0s'],
    [97, 'waiting for a-model and 3 more · 0s'],
    [85, '0 of 4 done · 4 loading · 0s, usually about 2m · next request in 2m 10s'],
    [65, '0 of 4 done · 4 loading · next request in 2m 10s'],
    [42, '0 of 4 done · next request in 2m 10s'],
    [20, '0 of 4 done · ne…'],
    [1, '…'],
  ])('has as much detail as fits into %i columns', (columns, part) => {
    const ids = ['a-model', 'b-model', 'c-model', 'd-model'];
    const line = draw(
      run(
        4,
        ids.map((id) => processing(id)),
      ),
      0,
      columns,
    );
    expect(line).toContain(part);
    expect(line.length).toBeLessThanOrEqual(Math.max(1, columns - 3));
  });
});

describe('a run of many models', () => {
  /** 12 are done, 12 load, 31 wait in line, 5 have not begun. */
  function full(lineMs: number | null, nextPollMs = 130_000): Progress {
    const progress = run(60);
    for (let at = 0; at < 12; at++) {
      progress.end(succeeded(`done-${at}`));
      progress.record(processing(`loads-${at}`, { nextInMs: nextPollMs }), START);
    }
    for (let at = 0; at < 31; at++) progress.record(waiting(`line-${at}`, 'line', lineMs), START);
    return progress;
  }

  test.each([
    "12 of 60 done · 12 loading · 31 in line · 5 not started · paused until 14:03:20, the account's queue is full · 0s",
    "12 of 60 done · 12 loading · 31 in line · 5 not started · paused until 14:03:20, the account's queue is full",
    "12 of 60 done · 12 loading · 31 in line · paused until 14:03:20, the account's queue is full",
    '12 of 60 done · 12 loading · 31 in line · paused until 14:03:20, queue full',
    '12 of 60 done · 12 loading · 31 in line · paused until 14:03:20',
    '12 of 60 done · paused until 14:03:20',
  ])('that is paused has, if it fits beside the spinner and before the last column: %s', (line) => {
    expect(draw(full(20_000), 0, line.length + 3)).toBe(line);
    expect(draw(full(20_000), 0, line.length + 2)).not.toBe(line);
  });

  test('in which a loading model is polled first is not paused', () => {
    expect(draw(full(60_000, 7000), 0, 80)).toBe(
      '12 of 60 done · 12 loading · 31 in line · next request in 7s, queue full',
    );
    expect(draw(full(60_000, 7000), 0, 150)).toBe(
      "12 of 60 done · 12 loading · 31 in line · 5 not started · next request in 7s, the account's queue is full · 0s",
    );
  });

  test('in which the end of the line is unknown shows the next poll', () => {
    expect(draw(full(null, 7000), 0, 80)).toMatch(/31 in line · next request in 7s, queue full$/);
  });

  test('in which only models in line are left shows no time', () => {
    const progress = run(1);
    progress.record(waiting('a', 'line'), START);
    expect(draw(progress, 3000)).toBe("0 of 1 done · 1 in line · the account's queue is full · 3s");
  });

  test('counts models that the spam filter paused and models that are retried', () => {
    const progress = run(9, [failing('a', 'network_error'), failing('b', 'server_error')]);
    progress.record(waiting('c', 'pause', 90_000), START);
    expect(draw(progress, 0)).toBe(
      '0 of 9 done · 1 rate limited · 2 retrying · 6 not started · next request in 35s · 0s',
    );
  });

  test.each([
    [120, 'paused until 14:03:20, as the API requested'],
    [65, 'paused until 14:03:20, rate limited'],
  ])('that the API rate limited has in %i columns the part %j', (columns, part) => {
    const progress = run(1, [failing('a', 'rate_limited', { nextInMs: 20_000 })]);
    expect(draw(progress, 0, columns)).toContain(part);
  });
});

test('the text for an output without a moving line has all details and no spinner', () => {
  const progress = run(1, [processing('portrait')]);
  expect(statusText(progress, { now: START, wallTime: WALL_TIME })).toBe(
    '0 of 1 done · waiting for portrait · 0s, usually about 2m · next request in 2m 10s',
  );
});

test('the spinner turns, in cyan', () => {
  const style = (format: unknown, text: string) => `<${String(format)}>${text}`;
  const theme = { style, spinner: ['-', '+', '|'] };
  const at = (now: number) => spinnerLine(['a'], { now, columns: 80, theme });
  const frames = Array.from({ length: 4 }, (_, frame) => at(frame * 125));
  expect(frames).toEqual(['<cyan>- a', '<cyan>+ a', '<cyan>| a', '<cyan>- a']);
});

test.each([
  [9, 'abcdef'],
  [8, 'abcd…'],
])('in %i columns a line of 6 letters is %s', (columns, text) => {
  const theme = { style: () => '', spinner: ['-'] };
  expect(spinnerLine(['abcdef'], { now: 0, columns, theme })).toBe(` ${text}`);
});
