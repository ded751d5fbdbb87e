// Checks that no regular expression of the shipped code takes more than linear time, whatever text it is given.
import { parseSync } from 'oxc-parser';
import { expect, test, vi } from 'vitest';
import { isFull } from '../../packages/core/test/effort.ts';
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

/**
 * Returns whether a pattern may take more than linear time: it has two unbounded repetitions, or one that a match may reach
 * from any position of the text. The analysis of the others and of long ones, most of the time, is left to CI.
 */
function isSuspect({ source }) {
  const repetitions = source.match(/(?<!\\)[*+]|,\}/g)?.length ?? 0;
  const isAnchored = source.startsWith('^') && !withoutGroups(source).includes('|');
  return source.length <= 100 && (repetitions > 1 || (repetitions === 1 && !isAnchored));
}

/** Returns a pattern without its escapes, classes and groups. */
function withoutGroups(source) {
  const shorter = source.replaceAll(/\\.|\[[^\]]*\]|\([^()]*\)/g, '');
  return shorter === source ? source : withoutGroups(shorter);
}

test('every pattern takes linear time', { timeout: 300_000 }, () => {
  const checked = isFull ? patterns : patterns.filter(isSuspect);
  const slow = checked.flatMap(({ path, source, flags }) => {
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
  expect(checked.length).toBeGreaterThan(20);
});

test('no pattern is created from text, which no analysis can read', () => {
  expect(sources.filter((path) => read(path).includes('new RegExp('))).toEqual([]);
});

test('a pattern that takes quadratic time is found', () => {
  const [pattern] = patternsOf('x.ts', 'const line: RegExp = /the route.*not found/i;');
  expect(pattern).toEqual({ path: 'x.ts', source: 'the route.*not found', flags: 'i' });
  expect(isSuspect(pattern)).toBe(true);
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
