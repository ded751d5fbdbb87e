import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runEmulated } from './emulated.ts';

/** Has Node load a file before the bundle. */
function preload(name: string) {
  const path = fileURLToPath(new URL(`stubs/${name}.cjs`, import.meta.url));
  return { NODE_OPTIONS: `--require ${JSON.stringify(path)}` };
}

describe('a promise that never settles fails the step', () => {
  test('and reports the finished models, if the work can still be ended', async () => {
    const result = await runEmulated({
      inputs: { 'model-ids': 'a,hangs' },
      env: preload('silent-network'),
    });
    expect(result.conclusion).toBe('failure');
    expect(result.outputs).toMatchObject({ status: 'error', failed: '2' });
    expect(result.annotations.at(-1)?.message).toMatch(/^The step stalled when 0 of 2 models/);
  });

  test('with a message, if it cannot be ended', async () => {
    const result = await runEmulated({
      inputs: { 'model-ids': 'a' },
      env: preload('silent-summary'),
    });
    expect(result.conclusion).toBe('failure');
    expect(result.outputs).toMatchObject({ status: 'success', succeeded: '1' });
    expect(result.annotations.at(-1)?.message).toMatch(/^The step stalled\. /);
  });
});

test('An unexpected error does not lose the finished models.', async () => {
  const result = await runEmulated(
    { inputs: { 'model-ids': 'a,b,c', concurrency: '1' }, env: preload('broken-log'), debug: true },
    { loaded: ['a'] },
  );
  expect(result.conclusion).toBe('failure');
  expect(result.outputs).toMatchObject({ status: 'error', succeeded: '1' });
  expect(result.outputs['succeeded-model-ids']).toBe('["a"]');
  expect(result.summary).toContain('| a | success |');
  expect(result.annotations.at(-1)?.message).toBe(
    'Unexpected error, a bug in the action: no room for ::add-mask::e [redacted]',
  );
  expect(result.log).toContain('[endgroup]');
  expect(result.raw).not.toContain(' demo-key');
});

// The request never ends, so the test would time out.
test('An abandoned request does not delay the end of the step.', async () => {
  const result = await runEmulated({ inputs: { 'model-ids': 'hangs', timeout: '200ms' } });
  expect(result.outcomes['hangs']).toMatchObject({ error: { code: 'wait_timeout' } });
});
