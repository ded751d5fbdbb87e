// Checks that no regular expression of the shipped code takes more than linear time, whatever text it is given.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { expect, test, vi } from 'vitest';
import { isFull } from '../../packages/core/test/effort.ts';
import { isSource, isTest, listFiles, read, root } from './repository.mjs';

/** Code that reads text of others: the packages, the programs to copy and the live check. */
const SHIPPED =
  /^packages\/[\w-]+\/(?:src|nodes|credentials|bin)\/|^examples\/|^scripts\/live-check/;

/** Its patterns are matched only against the first 1,000 characters of a text, as its own tests show. */
const PHRASES = 'packages/core/src/protocol/phrases.ts';

const sources = listFiles().filter(
  (path) => SHIPPED.test(path) && isSource(path) && !isTest(path) && path !== PHRASES,
);
const patterns = sources.flatMap((path) => patternsOf(path, read(path)));

/**
 * Patterns that were safe when the list was written. Their analysis, which takes half a minute, is left to CI and to
 * `docs:write`, which writes the list.
 */
const LIST = 'scripts/test/linear-patterns.txt';
const listed = new Set(read(LIST).split('\n'));

const toLine = ({ source, flags }) => `/${source}/${flags}`;

test('every pattern takes linear time', { timeout: 300_000 }, async () => {
  const checked = isFull ? patterns : patterns.filter((one) => !listed.has(toLine(one)));
  const slow = await findSlow(checked);
  expect(slow).toEqual([]);
  expect(patterns.length).toBeGreaterThan(80);
  expect(isFull || listed.size > 80).toBe(true);
  const lines = [...new Set(patterns.map(toLine))].toSorted();
  if (isFull && !process.env.CI) writeFileSync(join(root, LIST), `${lines.join('\n')}\n`);
});

test('no pattern is created from text, which no analysis can read', () => {
  expect(sources.filter((path) => read(path).includes('new RegExp('))).toEqual([]);
});

const [QUADRATIC] = patternsOf('x.ts', 'const end: RegExp = /\\s+$/u;');

test('a new pattern is not in the list', () => {
  expect(QUADRATIC).toEqual({ path: 'x.ts', source: String.raw`\s+$`, flags: 'u' });
  expect(listed).not.toContain(toLine(QUADRATIC));
});

test.runIf(isFull)('a pattern that takes quadratic time is found', async () => {
  expect(await findSlow([QUADRATIC])).toEqual([String.raw`x.ts: /\s+$/u: 2nd degree polynomial`]);
});

/** Returns a line for each pattern that may take more than linear time. */
async function findSlow(all) {
  // Loading the analysis takes longer than all of the rest.
  if (all.length === 0) return [];
  vi.stubEnv('RECHECK_BACKEND', 'pure');
  const { checkSync } = await import('recheck');
  return all.flatMap((pattern) => {
    const { status, complexity } = checkSync(pattern.source, pattern.flags, {
      timeout: 120_000,
      randomSeed: 1,
    });
    if (status === 'safe') return [];
    return [`${pattern.path}: ${toLine(pattern)}: ${complexity?.summary ?? status}`];
  });
}

/** Returns the regular expressions in a source. */
function patternsOf(path, text) {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  const found = [];
  const visit = (node) => {
    if (typeof node !== 'object' || node === null) return;
    if (node.type === 'Literal' && node.regex) {
      found.push({ path, source: node.regex.pattern, flags: node.regex.flags });
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(program);
  return found;
}
