import { describe, expect, test } from 'vitest';
import { parseCommand } from './commands.ts';
import { createMask } from './mask.ts';
import { createInputVariables } from './metadata.ts';
import { parseOutputFile } from './output-file.ts';

describe('the runner of these tests', () => {
  test.each([
    ['::error::a%0Ab%25', { name: 'error', properties: {}, data: 'a\nb%' }],
    [
      '::warning title=a%3A b,file=c::d',
      { name: 'warning', properties: { title: 'a: b', file: 'c' }, data: 'd' },
    ],
    ['  ::group::a', { name: 'group', properties: {}, data: 'a' }],
    ['x ##[add-mask]a', { name: 'add-mask', properties: {}, data: 'a' }],
    ['x ::error::a', null],
    ['::unknown::a', null],
    ['::error', null],
  ])('parses the command %j', (line, expected) => {
    expect(parseCommand(line)).toEqual(expected);
  });

  test('parses outputs', () => {
    expect(parseOutputFile('a<<END\none\ntwo\nEND\nb=x=y\n')).toEqual({ a: 'one\ntwo', b: 'x=y' });
    expect(() => parseOutputFile('a<<END\none\n')).toThrow('The output a does not end.');
  });

  test('masks a secret in each encoding', () => {
    const mask = createMask();
    mask.add('a"key');
    expect(mask.apply(`a"key ${JSON.stringify('a"key')} ${encodeURIComponent('a"key')}`)).toBe(
      '*** "***" ***',
    );
    expect(mask.isIn(Buffer.from('a"key').toString('base64'))).toBe(true);
    expect(mask.isIn('a key')).toBe(false);
  });

  test('passes inputs as GitHub does', () => {
    const metadata = {
      inputs: {
        'api-key': { description: '', required: true },
        until: { description: '', default: 'success' },
      },
      outputs: {},
      runs: { using: 'node24', main: '' },
    };
    expect(createInputVariables(metadata, {})).toEqual({
      'INPUT_API-KEY': '',
      INPUT_UNTIL: 'success',
    });
    expect(() => createInputVariables(metadata, { key: '' })).toThrow(
      'action.yml has no input key',
    );
  });
});
