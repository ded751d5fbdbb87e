import { describe, expect, test } from 'vitest';
import { parseModelIds } from './model-ids.ts';

const KEY = 'a-key-of-some-length';

describe('parseModelIds', () => {
  test.each([
    ['', null],
    [' \n ', null],
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['a, b,', ['a', 'b']],
    ['a\nb\r\nc\rd', ['a', 'b', 'c', 'd']],
    [' a , \n, b\n\na', ['a', 'b']],
    [' , ', null],
    ['owner/name', ['owner/name']],
    ['-a_b.c-', ['-a_b.c-']],
    ['a#b', ['a#b']],
    ['["a","b"]', ['a', 'b']],
    [' [\n  "a",\n  "b",\n  "a"\n]\n', ['a', 'b']],
    ['[]', []],
  ])('reads %j', (text, expected) => {
    expect(parseModelIds(text, KEY)).toEqual(expected);
  });

  test.each([
    ['- a\n- b', 'entry 1: "- a" has a list dash.', 'without a dash'],
    ['a\n-', 'entry 2: "-" has a list dash.', 'without a dash'],
    ['# models\na', 'entry 1: "# models" has a comment.', 'Remove the comment'],
    ['a # first\nb', 'entry 1: "a # first" has a comment.', 'Remove the comment'],
    ["a\n'b'", 'entry 2: "\'b\'" has quotes.', 'without quotes'],
    ['"a"', String.raw`entry 1: "\"a\"" has quotes.`, 'without quotes'],
    ['"a', String.raw`entry 1: "\"a" has quotes.`, 'without quotes'],
    ["it's", 'entry 1: The model id "it\'s" has a quote at character 3', ''],
    ['a\n[b]', 'entry 2: The model id "[b]" has a bracket at character 1', ''],
    ['a; b', 'entry 1: "a; b" has a semicolon.', 'by commas or lines'],
    ['a b', 'entry 1: The model id "a b" has whitespace', 'separate'],
    ['a\nb\u200b', String.raw`entry 2: The model id "b\u200b" has an invisible character`, ''],
    ['a\u0007', 'entry 1: The model id', ''],
    ['["a b"]', 'entry 1: The model id "a b" has whitespace', ''],
    ['["a",""]', 'entry 2: A model id is empty.', ''],
    [KEY, 'entry 1: ', 'API key'],
  ])('rejects %j', (text, message, hint) => {
    const rejected = expect.objectContaining({
      code: 'invalid_argument',
      message: expect.stringContaining(`The input model-ids, ${message}`),
      hint: expect.stringContaining(hint),
    });
    expect(() => parseModelIds(text, KEY)).toThrow(rejected);
  });

  test.each(['["a",', '[a, b]', "['a']", '["a", 1]', '[{"modelId":"a"}]', '[["a"]]'])(
    'rejects %j, which begins as a JSON array',
    (text) => {
      const rejected = expect.objectContaining({
        message: 'The input model-ids begins with [ but is not a JSON array of strings.',
        hint: expect.stringContaining('["my-model","my-other-model"]'),
      });
      expect(() => parseModelIds(text, KEY)).toThrow(rejected);
    },
  );
});
