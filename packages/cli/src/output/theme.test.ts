import { expect, test } from 'vitest';
import { createTheme } from './theme.ts';

const RED = '\u001B[31mno\u001B[39m';

test.each<[string, boolean, NodeJS.ProcessEnv, { 'no-color'?: true }, string]>([
  ['a terminal', true, {}, {}, RED],
  ['a pipe', false, {}, {}, 'no'],
  ['a dumb terminal', true, { TERM: 'dumb' }, {}, 'no'],
  ['--no-color', true, { FORCE_COLOR: '1' }, { 'no-color': true }, 'no'],
  ['NO_COLOR', true, { NO_COLOR: '1' }, {}, 'no'],
  ['NO_COLOR against FORCE_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, {}, 'no'],
  ['an empty NO_COLOR', true, { NO_COLOR: '' }, {}, RED],
  ['FORCE_COLOR in a pipe', false, { FORCE_COLOR: '1' }, {}, RED],
  ['FORCE_COLOR=10', false, { FORCE_COLOR: '10' }, {}, RED],
  ['FORCE_COLOR=01', false, { FORCE_COLOR: '01' }, {}, RED],
  ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, {}, 'no'],
  ['FORCE_COLOR=false', true, { FORCE_COLOR: 'false' }, {}, 'no'],
])('the color in %s', (_name, isTTY, env, flags, expected) => {
  expect(createTheme(isTTY, { env, platform: 'linux' }, flags).style('red', 'no')).toBe(expected);
});

test.each([
  ['linux', {}, '✓✗⠋'],
  ['linux', { TERM: 'linux' }, '+x-'],
  ['win32', {}, '+x-'],
  ['win32', { WT_SESSION: '1' }, '✓✗⠋'],
] as const)('the marks on %s with %j are %s', (platform, env, marks) => {
  const { tick, cross, spinner } = createTheme(true, { env, platform }, {});
  expect([tick, cross, spinner[0]].join('')).toBe(marks);
});
