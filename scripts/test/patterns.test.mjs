// Checks that no regular expression of the shipped code takes more than linear time, whatever text it is given.
import { parseSync } from 'oxc-parser';
import { expect, test, vi } from 'vitest';
import { isSource, isTest, listFiles, read } from './repository.mjs';

vi.stubEnv('RECHECK_BACKEND', 'pure');
const { checkSync } = await import('recheck');

/** Code that reads text of others: the packages, the programs to copy and the live check. */
const SHIPPED =
  /^packages\/[\w-]+\/(?:src|nodes|credentials|bin)\/|^examples\/|^scripts\/live-check/;

/** Its patterns are matched only against the first 1,000 characters of a text, as its own tests show. */
const PHRASES = 'packages/core/src/protocol/phrases.ts';

const sources = listFiles().filter(
  (path) => SHIPPED.test(path) && isSource(path) && !isTest(path) && path !== PHRASES,
);
const patterns = sources.flatMap((path) => patternsOf(path, read(path)));

test('every pattern takes linear time', { timeout: 300_000 }, () => {
  const slow = patterns.flatMap(({ path, source, flags }) => {
    const { status, complexity } = checkSync(source, flags, {
      timeout: 120_000,
      randomSeed: 1,
    });
    return status === 'safe'
      ? []
      : [`${path}: /${source}/${flags}: ${complexity?.summary ?? status}`];
  });
  expect(slow).toEqual([]);
  expect(patterns.length).toBeGreaterThan(80);
});

test('no pattern is created from text, which no analysis can read', () => {
  expect(sources.filter((path) => read(path).includes('new RegExp('))).toEqual([]);
});

test('a pattern that takes quadratic time is found', () => {
  const [pattern] = patternsOf('x.ts', 'const line: RegExp = /the route.*not found/i;');
  expect(pattern).toEqual({ path: 'x.ts', source: 'the route.*not found', flags: 'i' });
  expect(checkSync(pattern.source, pattern.flags).status).toBe('vulnerable');
});

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
