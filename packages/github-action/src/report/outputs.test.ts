import { describe, expect, test } from 'vitest';
import { failed, outcome } from '../../test/outcome.ts';
import { createOutputs, findSizeFault } from './outputs.ts';

const success = outcome('a');
const processing = outcome('b', { status: 'processing', evidence: null });
const error = failed('c');
const late = { ...processing, error: error.error };

describe('createOutputs', () => {
  test.each([
    ['nothing to do', [], false, 'success', [0, 0, 0]],
    ['an error and no model', [], true, 'error', [0, 0, 0]],
    ['successes', [success, success], false, 'success', [2, 0, 0]],
    ['an error in addition to a success', [success], true, 'error', [1, 0, 0]],
    ['one that is processing', [success, processing], false, 'processing', [1, 1, 0]],
    ['one that failed', [success, processing, error], false, 'error', [1, 1, 1]],
    ['one that is processing and failed', [success, late], false, 'error', [1, 0, 1]],
  ])('counts %s', (_what, outcomes, hasError, status, [succeeded, ...others]) => {
    const outputs = createOutputs(outcomes, hasError);
    expect(outputs).toMatchObject({ status, succeeded, processing: others[0], failed: others[1] });
    expect(JSON.parse(outputs.outcomes)).toEqual(outcomes);
  });

  test('names the models that succeeded and those that failed', () => {
    const outputs = createOutputs([success, processing, error, outcome('"d"'), late], false);
    expect(outputs['succeeded-model-ids']).toBe(String.raw`["a","\"d\""]`);
    expect(outputs['failed-model-ids']).toBe('["c","b"]');
  });
});

describe('findSizeFault', () => {
  const ofSize = (length: number) =>
    findSizeFault({ ...createOutputs([], false), outcomes: 'x'.repeat(length) });

  test('warns about outputs that are larger than GitHub accepts, counted in UTF-16', () => {
    // The other outputs of an empty list have 14 characters.
    expect(ofSize(524_274)).toBeNull();
    expect(ofSize(524_275)).toMatch(/^The outputs of this step are 1\.0 MiB\./);
    expect(ofSize(1_048_576)).toMatch(/^The outputs of this step are 2\.0 MiB\./);
  });
});
