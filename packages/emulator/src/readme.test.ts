import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EMULATOR_OPTION_SPECS, specialModels } from './index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** Returns the cells of the rows below a header. */
function readTable(header: string): string[][] {
  const lines = readme.split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith(`| ${header} `));
  const end = lines.indexOf('', start);
  return lines.slice(start + 2, end).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('the README has the table of the special models', () => {
  expect(readTable('model id')).toEqual(
    Object.entries(specialModels).map(([modelId, description]) => [`\`${modelId}\``, description]),
  );
});

test('the README has the table of the options', () => {
  const expected = Object.entries(EMULATOR_OPTION_SPECS).map(([name, spec]) => {
    const values = spec.values === undefined ? '' : ` ${spec.values.join('\\|')}`;
    const value = spec.default === 'none' ? 'none' : `\`${spec.default}\``;
    return [`\`${spec.flag}${values}\``, `\`${name}\``, value, spec.summary];
  });
  expect(readTable('flag')).toEqual(expected);
});
