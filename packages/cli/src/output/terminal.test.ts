import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TestProcess, type TestStream } from '../../test/process.ts';
import { columnsOf, openTerminal } from './terminal.ts';

let stdout: TestStream;
let stderr: TestStream;
const print = vi.fn<(text: string) => void>();
let terminal: ReturnType<typeof openTerminal>;

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  terminal.close();
  vi.useRealTimers();
});

function open(
  env: NodeJS.ProcessEnv = {},
  {
    flags = {},
    isTTY = true,
    isPiped = false,
    columns = 100,
  }: { flags?: object; isTTY?: boolean; isPiped?: boolean; columns?: number } = {},
): void {
  const process = new TestProcess({ env });
  ({ stdout, stderr } = process);
  stdout.isTTY = !isPiped;
  Object.assign(stderr, { isTTY, columns });
  let drawn = 0;
  terminal = openTerminal({ ...process.io, print }, flags, (frame) => {
    drawn++;
    return `line ${drawn} of ${frame.columns}`;
  });
}

describe('in a terminal', () => {
  test('a status line is drawn and kept up to date', () => {
    open();
    expect(stderr.text).toBe('\u001B[?7l\rline 1 of 100\u001B[K\u001B[?7h\r');
    vi.advanceTimersByTime(250);
    expect(stderr.text).toContain('line 3 of 100');
  });

  test('results and logs replace the status line, which is then redrawn below them', () => {
    open();
    terminal.result('result\n');
    terminal.result('');
    terminal.log('log');
    expect(stdout.text).toBe('result\n');
    const { text } = stderr;
    expect(text).toContain('\r\u001B[Jlog\n');
    expect(text.match(/line \d/g)).toEqual(['line 1', 'line 2', 'line 3']);
  });

  test('a result for a pipe has the screen until the next frame, for a reader such as tee', () => {
    open({}, { isPiped: true });
    terminal.result('result\n');
    expect(print.mock.calls).toEqual([['result\n']]);
    expect(stderr.text.endsWith('\r\u001B[J')).toBe(true);
    vi.advanceTimersByTime(125);
    expect(stderr.text).toContain('line 2 of 100');
  });

  test('a resize draws it at the new width', () => {
    open();
    stderr.columns = 40;
    stderr.emit('resize');
    expect(stderr.text).toContain('\r\u001B[J\u001B[?7l\rline 2 of 40');
  });

  test('a terminal that reports no width has 80 columns', () => {
    open({}, { columns: 0 });
    expect(stderr.text).toContain('line 1 of 80');
    expect(columnsOf({ columns: 0 } as NodeJS.WriteStream)).toBe(80);
  });

  test('at the end no line, timer or listener is left', () => {
    open();
    terminal.close();
    expect(stderr.text.endsWith('\r\u001B[J')).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    expect(stderr.listenerCount('resize')).toBe(0);
  });
});

test.each([
  [{ CI: 'true' }, false],
  [{ CI: '1' }, false],
  [{ CI: '' }, true],
  [{ CI: 'false' }, true],
  [{ TERM: 'dumb' }, false],
  [{ TERM: 'xterm' }, true],
])('with %j a status line is shown: %s', (env, hasStatusLine) => {
  open(env);
  expect(terminal.hasStatusLine).toBe(hasStatusLine);
});

test.each([
  ['with --quiet', { flags: { quiet: true } }],
  ['in a pipe', { isTTY: false }],
])('%s only log lines are written to stderr', (_name, options) => {
  open({}, options);
  terminal.log('log');
  terminal.result('result\n');
  vi.advanceTimersByTime(1000);
  stderr.emit('resize');
  terminal.close();
  expect({ stdout: stdout.text, stderr: stderr.text }).toEqual({
    stdout: 'result\n',
    stderr: 'log\n',
  });
});
