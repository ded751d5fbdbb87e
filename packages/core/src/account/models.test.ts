import { createVirtualClock } from '@modelslab-reload/emulator';
import { beforeEach, expect, test } from 'vitest';
import type { Context } from '../context.ts';
import { createTime } from '../polling/time.ts';
import { createModels, type Models } from './models.ts';

const context = { pollIntervalMs: null, random: () => 0 } as Context;
const clock = createVirtualClock(0);

let models: Models;
beforeEach(() => {
  models = createModels(context, createTime({ now: () => clock.now(), sleep: clock.sleep }));
});

test('Callers share the model of an id, and the image check of an id and prompt.', () => {
  expect(models.model('a')).toBe(models.model('a'));
  expect(models.model('a')).not.toBe(models.model('b'));
  expect(models.imageCheck('a', 'x')).toBe(models.imageCheck('a', 'x'));
  const checks = [
    models.imageCheck('a', 'x'),
    models.imageCheck('a', 'y'),
    models.imageCheck('b', 'x'),
    models.imageCheck('a","x', ''),
  ];
  expect(new Set(checks).size).toBe(4);
});

test.each([
  ['a model', (all: Models, id: string) => all.model(id), undefined],
  ['an image check', (all: Models, id: string) => all.imageCheck(id, 'x'), 'x'],
] as const)('After 10,000 later calls, %s is evicted.', (_, get, prompt) => {
  const first = get(models, 'first');
  models.rest('first', prompt);
  for (let i = 1; i < 10_000; i++) {
    get(models, `m${i}`);
    models.rest(`m${i}`, prompt);
  }
  expect(get(models, 'first')).toBe(first);
  get(models, 'one more');
  models.rest('one more', prompt);
  expect(get(models, 'first')).not.toBe(first);
});

test('The end of a call without an image check does not evict image checks.', () => {
  const check = models.imageCheck('a', 'undefined');
  models.imageCheck('b', 'x');
  for (let i = 0; i < 10_001; i++) models.imageCheck(`m${i}`, 'x');
  models.model('a');
  models.rest('a');
  expect(models.imageCheck('a', 'undefined')).toBe(check);
});
