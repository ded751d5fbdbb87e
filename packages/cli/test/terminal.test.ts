import { stripVTControlCharacters } from 'node:util';
import { start, type Emulator } from '@modelslab-reload/emulator';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { isFull } from '../../core/test/effort.ts';
import { needsTerminal } from '../../../scripts/vitest/needs.ts';
import { HELP_TOPICS } from '../src/commands/table.ts';
import { widthOf } from '../src/output/width.ts';
import { openPty, openTerminal, type Terminal } from './pty.ts';

let emulator: Emulator;
let terminal: Terminal;

beforeAll(async () => {
  emulator = await start({ port: 0, loadTimeMs: 60_000, loaded: ['loaded'], models: ['loaded'] });
});
beforeEach(needsTerminal);
afterAll(() => emulator.close());

function open(args: string[], env = {}, size = {}, openIn = openTerminal): Terminal {
  terminal = openIn(args, { MODELSLAB_BASE_URL: emulator.url, ...env }, size);
  onTestFinished(() => terminal.kill());
  return terminal;
}

const STATUS = /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /;

test('the status line is below the results', async () => {
  open(['loaded', 'not-found', 'cold', 'cold']);
  const line = await terminal.until(/waiting for cold/);
  expect(line).toMatch(
    /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] 2 of 3 done · waiting for cold · \ds, usually about 2m · next request in 2m \d\ds$/,
  );
  const screen = terminal.screen();
  expect(screen).toHaveLength(3);
  expect(screen.slice(0, 2).toSorted()).toEqual([
    expect.stringMatching(/^✓ loaded {5}success /),
    expect.stringMatching(/^✗ not-found {2}error .* model_not_found: Model not found: not-found$/),
  ]);
  expect(screen[2]).toMatch(STATUS);
});

test('at the end the status line is gone, and the summary stays', async () => {
  open(['loaded', 'not-found']);
  expect(await terminal.ended()).toBe(5);
  const screen = terminal.screen();
  expect(screen.filter((line) => STATUS.test(line))).toEqual([]);
  expect(screen.slice(2)).toEqual([
    expect.stringMatching(/^1 succeeded, 1 failed in \S+$/),
    expect.stringMatching(/^ {2}not-found: model_not_found\. Check the model id/),
    '  of the account.',
    expect.stringMatching(/^One success is based only on the first reply: /),
    expect.stringMatching(/\.$/),
  ]);
});

test('Ctrl-C leaves a clean screen', async () => {
  open(['loaded', 'cold'], {}, {}, openPty);
  await terminal.until(/waiting for cold/);
  terminal.type('\u0003');
  expect(await terminal.ended()).toBe(130);
  const screen = terminal.screen();
  expect(screen[0]).toMatch(/^✓ loaded {2}success /);
  expect(screen[1]).toMatch(/^✗ cold {4}processing .* aborted: /);
  expect(screen[2]).toMatch(/^1 succeeded, 1 aborted in /);
  expect(screen.join('\n')).not.toMatch(/\^C|usually|⠋/);
  // Wrapping and the cursor are on again.
  expect(terminal.raw()).not.toContain('\u001B[?25l');
  expect(terminal.raw().lastIndexOf('\u001B[?7h')).toBeGreaterThan(
    terminal.raw().lastIndexOf('\u001B[?7l'),
  );
});

test.each([
  [100, 40],
  [40, 100],
  [100, 20],
])('resized from %i to %i columns the status line stays one line', async (before, after) => {
  open(['loaded', 'a-model-with-a-long-name', 'cold'], {}, { columns: before });
  await terminal.until(/^. 1 of 3 done · /);
  terminal.resize(after);
  await terminal.untilDrawn(2);
  const screen = terminal.screen();
  expect(screen.filter((line) => STATUS.test(line))).toHaveLength(1);
  expect(screen.at(-1)).toMatch(STATUS);
  expect(screen.at(-1)?.length).toBeLessThan(after);
  expect(screen.join('')).toContain('"Model reloaded"');
});

test.each<[line: string, env?: Record<string, string>]>([
  ['--help'],
  // The other pages are printed by the same code.
  ...HELP_TOPICS.slice(isFull ? 0 : -1).map((topic): [string] => [`help ${topic}`]),
  ['my-model', { MODELSLAB_API_KEY: '' }],
  ['my-model --timeout 30'],
  ['my-model --api-key=secret'],
  ['--file missing-folder-with-a-long-name/missing-file-with-a-long-name.txt'],
  ['not-found http-200-error html-502 loaded --retries 0 --quiet'],
  ['not-found http-200-error html-502 loaded --retries 0 --verbose'],
  ['two-minutes another-model --timeout 1s --poll-interval 5s'],
])('in 80 columns, %s wraps between words', async (line, env = {}) => {
  open(line.split(' '), env, { columns: 80, rows: 200 });
  await terminal.ended();
  const lines = stripVTControlCharacters(terminal.raw()).split(/[\r\n]+/);
  expect(lines.filter((text) => text.trim() !== '').length).toBeGreaterThan(1);
  expect(lines.filter((text) => widthOf(text) > 80)).toEqual([]);
});

test.each([
  [120, /waiting for 模/],
  [100, /0 of 1 done · 1 loading/],
])('a name of wide characters does not wrap in %i columns', async (columns, line) => {
  open(['模型'.repeat(10)], {}, { columns });
  await terminal.until(line);
  expect(terminal.screen()).toHaveLength(1);
});

test('the status line shows that the trained models are being listed', async () => {
  const silent = await start({ port: 0, intercept: () => new Error('gone') });
  open(['list'], { MODELSLAB_BASE_URL: silent.url });
  await terminal.until(/^. listing the trained models · \ds$/);
  terminal.type('\u0003');
  expect(await terminal.ended()).toBe(130);
  expect(terminal.screen()[0]).toMatch(/^modelslab-reload: Ended early/);
  await silent.close();
});

test.each([
  ['a terminal', {}, [], true],
  ['NO_COLOR', { NO_COLOR: '1' }, [], false],
  ['--no-color', { FORCE_COLOR: '1' }, ['--no-color'], false],
])('the color with %s', async (_name, env, flags, isColored) => {
  open(['loaded', ...flags], env);
  await terminal.ended();
  expect(terminal.raw().includes('\u001B[32m✓')).toBe(isColored);
  expect(terminal.screen()[0]).toMatch(/^✓ loaded {2}success /);
});

test('standard input is not read if it is a terminal', async () => {
  open(['-f', '-'], {}, {}, openPty);
  expect(await terminal.ended()).toBe(2);
  expect(terminal.screen()[0]).toMatch(/Standard input is a terminal/);
});
