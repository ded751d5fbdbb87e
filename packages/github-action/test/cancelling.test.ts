import { describe, expect, it } from 'vitest';
import { runEmulated } from './emulated.ts';

describe('a cancelled step ends in under a second, with what is done', () => {
  it.each([
    ['while a model loads', 'always-processing', {}],
    ['while a request is open', 'hangs', {}],
    ['while a body drips', 'drips', {}],
    ['with fail-on-error false', 'hangs', { 'fail-on-error': 'false' }],
  ])('%s', async (_when, modelId, inputs) => {
    const result = await runEmulated({
      inputs: { 'model-ids': `a,${modelId}`, ...inputs },
      cancelAt: /^a: success/,
    });
    expect(result.cancelledMs).toBeLessThan(1000);
    expect(result.conclusion).toBe('failure');
    expect(result.outputs).toMatchObject({ status: 'error', succeeded: '1', failed: '1' });
    expect(result.outcomes[modelId]).toMatchObject({ error: { code: 'aborted' } });
    expect(result.summary).toContain('Cancelled when 1 of 2 had reached what was asked for.');
    expect(result.annotations).toHaveLength(1);
  });

  it('before any model was asked about', async () => {
    const result = await runEmulated(
      {
        inputs: { 'all-trained': 'true', 'model-ids': 'a' },
        cancelAt: /::debug::inputs/,
        debug: true,
      },
      { success: 'blocking', loadTimeMs: 60_000 },
    );
    expect(result.cancelledMs).toBeLessThan(1000);
    expect(result.conclusion).toBe('failure');
    expect(result.outputs['status']).toBe('error');
    expect(result.annotations[0]?.message).toMatch(/^Cancelled /);
  });

  it('by SIGTERM as by SIGINT', async () => {
    const result = await runEmulated({
      inputs: { 'model-ids': 'a,hangs' },
      cancelAt: /^a: success/,
      cancelBy: 'SIGTERM',
    });
    expect(result.cancelledMs).toBeLessThan(1000);
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toMatchObject({ succeeded: '1', failed: '1' });
  });
});
