import { describe, expect, it } from 'vitest';
import { failed, outcome } from '../test/outcome.ts';
import { outputsOf } from './outputs.ts';

const success = outcome('a');
const processing = outcome('b', { status: 'processing', evidence: null });
const error = failed('c');
const late = { ...processing, error: error.error };

describe('outputsOf', () => {
  it.each([
    ['nothing to do', [], false, 'success', [0, 0, 0]],
    ['a problem, and no model', [], true, 'error', [0, 0, 0]],
    ['successes', [success, success], false, 'success', [2, 0, 0]],
    ['one that is processing', [success, processing], false, 'processing', [1, 1, 0]],
    ['one that failed', [success, processing, error], false, 'error', [1, 1, 1]],
    ['one that is processing and failed', [success, late], false, 'error', [1, 0, 1]],
  ])('%s', (_what, outcomes, hasProblem, status, [succeeded, ...others]) => {
    const outputs = outputsOf(outcomes, hasProblem);
    expect(outputs).toMatchObject({ status, succeeded, processing: others[0], failed: others[1] });
    expect(JSON.parse(outputs.outcomes)).toEqual(outcomes);
  });

  it('names the failed models', () => {
    expect(outputsOf([success, error, late], false)['failed-model-ids']).toBe('["c","b"]');
  });
});
