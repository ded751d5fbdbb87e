import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isFull } from '../../../core/test/effort.ts';
import { TestProcess } from '../../test/process.ts';
import { checkIds, collectIds, parseIds } from './model-ids.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a file of lines', () => {
  test.each([
    ['one id per line', 'a\nb\n', ['a', 'b']],
    ['line ends of Windows', 'a\r\nb\r\n', ['a', 'b']],
    ['line ends of old Macs', 'a\rb', ['a', 'b']],
    ['no line end at the end', 'a\nb', ['a', 'b']],
    ['spaces around ids', '  a \n\tb\t\n', ['a', 'b']],
    ['blank lines', '\n\n a\n \n', ['a']],
    ['a comment at the start of a line', '# all of them\na', ['a']],
    ['comments after a space', 'a # the first\nb\t#second\n  # third', ['a', 'b']],
    ['# without a space before it, which is part of the id', 'a#b\nc#', ['a#b', 'c#']],
    ['nothing', '', []],
  ])('with %s', (_name, text, ids) => {
    expect(parseIds(text, 'models.txt').map(({ id }) => id)).toEqual(ids);
  });

  test('has the line of each id', () => {
    expect(parseIds('# list\r\n\r\na', 'models.txt')).toEqual([
      { id: 'a', source: 'models.txt:3' },
    ]);
  });
});

test.each([
  ...(isFull ? [['lines', 'a\n'.repeat(1_000_001)]] : []),
  ['JSON', JSON.stringify(Array(1_000_001).fill('a'))],
])('a file with more than a million ids as %s is rejected', (_kind, text) => {
  expect(() => parseIds(text, 'models.txt')).toThrow('models.txt has more than 1000000 ids.');
});

describe('a file of JSON', () => {
  const outcome = (modelId: string) => ({ modelId, status: 'success', error: null });

  test.each([
    ['an array of ids', '["a", "b"]', ['a', 'b']],
    ['an array over several lines', '\n[\n  "a",\n  "b"\n]\n', ['a', 'b']],
    [
      'what list prints as json',
      JSON.stringify([{ modelId: 'a' }, { modelId: 'b' }], null, 2),
      ['a', 'b'],
    ],
    ['outcomes as json', JSON.stringify([outcome('a'), outcome('b')]), ['a', 'b']],
    ['what list prints as ndjson', '{"modelId":"a"}\n{"modelId":"b"}\n', ['a', 'b']],
    [
      'outcomes as ndjson',
      `${JSON.stringify(outcome('a'))}\r\n\r\n${JSON.stringify(outcome('b'))}`,
      ['a', 'b'],
    ],
    ['ids in quotes, one per line, as jq prints them', '"a"\n  \n"b"\n', ['a', 'b']],
    ['an empty array', '[]', []],
  ])('with %s', (_name, text, ids) => {
    expect(parseIds(text, 'ids.json').map(({ id }) => id)).toEqual(ids);
  });

  test('has the item or the line of each id', () => {
    expect(parseIds('["a",\n"b"]', 'ids.json').map(({ source }) => source)).toEqual([
      'ids.json, item 1',
      'ids.json, item 2',
    ]);
    expect(parseIds('\n"a"\n\n"b"', 'ids.json').map(({ source }) => source)).toEqual([
      'ids.json:2',
      'ids.json:4',
    ]);
  });

  test.each([
    ['a truncated array', '["a", "secret', 'ids.json looks like JSON but is not valid JSON.'],
    ['a truncated line', '{"modelId":"a"}\n{"modelId"', 'ids.json:2 looks like JSON'],
    ['a list of YAML after an id in quotes', '"a"\n- b', 'ids.json:2 looks like JSON'],
    [
      'a number',
      '["a", 7]',
      'ids.json, item 2 is neither a model id nor an object with a modelId.',
    ],
    ['null', '[null]', 'ids.json, item 1 is neither'],
    ['an object without an id', '{"model":"a"}', 'ids.json:1 is neither'],
    ['an id that is a number', '[{"modelId":7}]', 'ids.json, item 1 is neither'],
  ])('with %s is rejected with its location', (_name, text, message) => {
    const hint = 'a JSON array of ids, or what this command prints with --output json or ndjson.';
    expect(() => parseIds(text, 'ids.json')).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
    expect(() => parseIds(text, 'ids.json')).not.toThrow('secret');
  });
});

test('ids from arguments and files are collected in order, with their locations', async () => {
  const first = write('first.txt', 'c\n');
  const second = write('second.json', '["d"]');
  expect(await collectIds(new TestProcess(), ['a', 'b'], [first, second])).toEqual([
    { id: 'a', source: 'argument 1' },
    { id: 'b', source: 'argument 2' },
    { id: 'c', source: `${first}:1` },
    { id: 'd', source: `${second}, item 1` },
  ]);
});

test.each([
  ['empty', ''],
  ['only comments', '# nothing\r\n\r\n'],
  ['an empty array', '[]'],
])('a file that is %s is rejected, even beside ids', async (_name, text) => {
  await expect(
    collectIds(new TestProcess(), ['a'], [write('empty.txt', text)]),
  ).rejects.toMatchObject({
    message: expect.stringMatching(/^No model ids found in .*empty\.txt\.$/),
    hint: expect.stringContaining('one id per line'),
  });
});

test('a file may have more lines than a call may have arguments', async () => {
  const many = write('many.txt', 'a\n'.repeat(200_000));
  expect(await collectIds(new TestProcess(), [], [many])).toHaveLength(200_000);
});

test.each([
  ['', 'argument 1: A model id is empty.'],
  ['["a"', 'argument 1: '],
  ['the-key', 'argument 1: '],
])('the id %j is rejected with its location', (id, message) => {
  expect(() => checkIds([{ id, source: 'argument 1' }], 'the-key')).toThrow(message);
});
