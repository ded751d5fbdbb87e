import { expect, test } from 'vitest';
import { lookOf } from './style.ts';

const RED = '\u001B[31mno\u001B[39m';

test.each([
  ['a terminal', true, {}, {}, RED],
  ['a pipe', false, {}, {}, 'no'],
  ['a dumb terminal', true, { TERM: 'dumb' }, {}, 'no'],
  ['--no-color', true, { FORCE_COLOR: '1' }, { color: false }, 'no'],
  ['NO_COLOR', true, { NO_COLOR: '1' }, {}, 'no'],
  ['NO_COLOR against FORCE_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, {}, 'no'],
  ['an empty NO_COLOR', true, { NO_COLOR: '' }, {}, RED],
  ['FORCE_COLOR in a pipe', false, { FORCE_COLOR: '1' }, {}, RED],
  ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, {}, 'no'],
  ['FORCE_COLOR=false', true, { FORCE_COLOR: 'false' }, {}, 'no'],
])('%s', (_name, isTTY, env, flags, expected) => {
  expect(lookOf(isTTY, env, flags, 'linux').style('red', 'no')).toBe(expected);
});

test.each([
  ['linux', {}, '✓'],
  ['linux', { TERM: 'linux' }, '+'],
  ['win32', {}, '+'],
  ['win32', { WT_SESSION: '1' }, '✓'],
] as const)('the mark on %s with %j is %s', (platform, env, mark) => {
  expect(lookOf(true, env, {}, platform).reached).toBe(mark);
});
