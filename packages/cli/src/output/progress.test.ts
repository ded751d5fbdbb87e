import { expect, test } from 'vitest';
import { failing, processing, succeeded, waiting } from '../../test/events.ts';
import { Progress } from './progress.ts';

test('a reply that differs from the last one about the same model is a change', () => {
  const progress = new Progress(2, 0);
  expect(progress.record(processing('a'), 0)).toBe(true);
  expect(progress.record(processing('a'), 1)).toBe(false);
  expect(progress.record(processing('b'), 2)).toBe(true);
  expect(progress.record(failing('a', 'server_error'), 3)).toBe(true);
  expect(progress.record(failing('a', 'server_error'), 4)).toBe(false);
  expect(progress.record(failing('a', 'network_error'), 5)).toBe(true);
  expect(progress.record(processing('a', { status: 'success' }), 6)).toBe(true);
});

test('a model that ended is no longer unfinished', () => {
  const progress = new Progress(2, 0);
  progress.record(processing('a'), 0);
  progress.record(processing('b'), 0);
  progress.end(succeeded('a'));
  expect(progress.unfinished().map(({ modelId }) => modelId)).toEqual(['b']);
  expect(progress.outcomes.map(({ modelId }) => modelId)).toEqual(['a']);
});

test('models are ordered by their next request', () => {
  const progress = new Progress(3, 0);
  progress.record(processing('never', { nextInMs: null }), 0);
  progress.record(processing('late', { nextInMs: 2000 }), 0);
  progress.record(processing('soon', { nextInMs: 1000 }), 500);
  expect(progress.unfinished()).toMatchObject([
    { modelId: 'soon', nextAt: 1500 },
    { modelId: 'late', nextAt: 2000 },
    { modelId: 'never', nextAt: Infinity },
  ]);
});

test('a model still counts as loading after a failure', () => {
  const progress = new Progress(1, 0);
  progress.record(failing('a', 'network_error'), 0);
  expect(progress.unfinished()).toMatchObject([{ phase: 'new', errorCode: 'network_error' }]);
  progress.record(processing('a'), 1);
  expect(progress.unfinished()).toMatchObject([{ phase: 'loading', errorCode: null }]);
  progress.record(failing('a', 'server_error'), 2);
  expect(progress.unfinished()).toMatchObject([{ phase: 'loading', errorCode: 'server_error' }]);
});

test('a wait keeps the known state of the model, and the next reply ends it', () => {
  const progress = new Progress(1, 0);
  progress.record(processing('a', { elapsedMs: 200 }), 1000);
  progress.record(waiting('a', 'pause', 5000), 2000);
  expect(progress.unfinished()).toEqual([
    {
      modelId: 'a',
      phase: 'loading',
      errorCode: null,
      waitsFor: 'pause',
      since: 800,
      nextAt: 7000,
    },
  ]);
  progress.record(processing('a', { elapsedMs: 9000 }), 9800);
  expect(progress.unfinished()).toMatchObject([{ waitsFor: null, since: 800 }]);
});

test('a model may wait before its first request', () => {
  const progress = new Progress(1, 0);
  progress.record(waiting('a', 'line'), 100);
  expect(progress.unfinished()).toEqual([
    { modelId: 'a', phase: 'new', errorCode: null, waitsFor: 'line', since: 100, nextAt: Infinity },
  ]);
});
