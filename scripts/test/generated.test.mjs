// Checks the generated parts of the documents and the defaults of action.yml against the code, and writes them:
// `npx -y pnpm@10 docs:write`.
import { join } from 'node:path';
import { OPTION_SPECS, parseOption } from '@modelslab-reload/core';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { INPUT_OPTIONS } from '../../packages/github-action/src/inputs.ts';
import { markdownTable, partsIn, replaceParts } from '../docs/markdown.mjs';
import { createParts } from '../docs/parts.mjs';
import { listFiles, read, root } from './repository.mjs';

const ACTION = 'packages/github-action/action.yml';
/** The parts of each document, so that none is lost. */
const PARTS = {
  'docs/guides/errors.md': ['error codes and what to do'],
  'packages/cli/README.md': ['exit codes'],
  'packages/core/README.md': ['options of createClient', 'options of a call', 'error codes'],
  'packages/emulator/README.md': ['emulator options', 'special models'],
  'packages/github-action/README.md': ['error codes and what to do'],
  'packages/n8n-node/README.md': ['error codes and what to do'],
};

const action = parse(read(ACTION));
const documents = listFiles().filter(
  (path) => path.endsWith('.md') && partsIn(read(path)).length > 0,
);

test.each(documents)('the generated parts of %s are up to date', async (path) => {
  const text = read(path);
  const parts = createParts(path);
  expect(partsIn(text).filter((name) => !(name in parts))).toEqual([]);
  await expect(replaceParts(text, parts)).toMatchFileSnapshot(join(root, path));
});

test.each(Object.entries(PARTS))('%s has its generated parts: %j', (path, names) => {
  expect(partsIn(read(path))).toEqual(expect.arrayContaining(names));
});

test('the defaults in action.yml are those of the core', async () => {
  const inputs = Object.entries(INPUT_OPTIONS).filter(([input]) => action.inputs[input].default);
  expect(inputs.length).toBeGreaterThan(5);
  const text = inputs.reduce((left, [input, name]) => {
    const { default: now } = action.inputs[input];
    const wanted = OPTION_SPECS[name].default;
    if (parseOption(name, now, input) === wanted) return left;
    const line = new RegExp(`(^  ${input}:\n(?:    .*\n)*?    default: ).*$`, 'm');
    return left.replace(line, (_, start) => `${start}${toYaml(OPTION_SPECS[name])}`);
  }, read(ACTION));
  await expect(text).toMatchFileSnapshot(join(root, ACTION));
});

function toYaml({ type, default: value = "''" }) {
  if (type === 'duration') return value % 60_000 === 0 ? `${value / 60_000}m` : `${value / 1000}s`;
  return type === 'integer' ? `'${value}'` : value;
}

describe('a generated part', () => {
  const document = 'a\n\n<!-- part one -->\nold\n<!-- end -->\n\nb\n';

  test('is found and replaced, and the text around it stays', () => {
    expect(partsIn(document)).toEqual(['part one']);
    expect(replaceParts(document, { 'part one': '$& new' })).toBe(
      'a\n\n<!-- part one -->\n\n$& new\n\n<!-- end -->\n\nb\n',
    );
  });

  test('is formatted like the formatter does', () => {
    expect(markdownTable(['a', 'bb'], [['1234', 'x']])).toBe(
      '| a    | bb  |\n| ---- | --- |\n| 1234 | x   |',
    );
  });
});
