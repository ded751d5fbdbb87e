import { describe, expect, test } from 'vitest';
import { TestProcess } from '../../test/process.ts';
import { exitCodeTable } from '../errors.ts';
import { help } from './help.ts';
import { HELP_TOPICS } from './table.ts';

/** Returns the page of a topic, for a terminal with so many columns; null writes to a pipe. */
async function read(topic: string, columns: number | null = 100): Promise<string> {
  const { io, stdout } = new TestProcess();
  stdout.isTTY = columns !== null;
  stdout.columns = columns ?? 0;
  expect(await help(io, topic)).toBe(0);
  return stdout.text;
}

test.each(HELP_TOPICS.filter((topic) => topic !== 'emulator'))(
  'the page %s fits on a screen of 48 lines and 100 columns',
  async (topic) => {
    const page = await read(topic);
    expect(page).toMatch(/^(?:Usage:|Exit codes:)/m);
    const lines = page.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(48);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  },
);

describe.each(HELP_TOPICS)('the page %s', (topic) => {
  const flat = (page: string) => page.replaceAll(/\s+/g, ' ');
  /** Returns the lines that are too long. A command to copy is not wrapped; it has at most 80 columns. */
  const tooLong = (page: string, max: number) =>
    page
      .split('\n')
      .filter(
        (line) =>
          line.length > (/^(?:Usage:| {2}).*(?:modelslab-|jq |http:)/.test(line) ? 80 : max),
      );

  test.each([
    [80, 80],
    [null, 80],
    [300, 100],
    [60, 60],
    [40, 40],
  ])('with %s columns has lines of at most %i, and the same words', async (columns, max) => {
    const page = await read(topic, columns);
    expect(tooLong(page, max)).toEqual([]);
    expect(flat(page)).toBe(flat(await read(topic)));
  });
});

test('an option has its names, its value and its summary', async () => {
  const page = await read('list');
  expect(page).toContain(`
  -o, --output <format>      text (default) | json (an array) | ndjson (lines)
      --record <file>        write all requests and replies, without the key
`);
  expect(page).toContain('\n  -q, --quiet                print results only\n');
});

test('the page of the exit codes has each code once, before its meanings', async () => {
  const page = await read('exit-codes');
  const lines = page.trimEnd().split('\n').slice(1);
  const rows = lines.map((line) => /^ {2}([ \d]{3}) {2}\S/.exec(line)?.[1]?.trim());
  expect(rows.filter((code) => code !== '')).toEqual(exitCodeTable().map(([code]) => `${code}`));
  const texts = lines.map((line) => line.slice('  129  '.length));
  expect(texts.join(' ')).toBe(
    exitCodeTable()
      .flatMap(([, meanings]) => meanings)
      .join(' '),
  );
});

test.each(['toString', 'tutorial'])('the help topic %s is unknown', async (topic) => {
  await expect(read(topic)).rejects.toMatchObject({
    message: `Unknown help topic: "${topic}".`,
    hint: 'Topics: reload, list, emulator, completion, help, exit-codes.',
    exitCode: 2,
  });
});
