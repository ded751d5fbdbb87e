import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runEmulated } from './emulated.ts';

/** Has Node load a file before the bundle. */
function preload(name: string) {
  const path = fileURLToPath(new URL(`stubs/${name}.cjs`, import.meta.url));
  return { NODE_OPTIONS: `--require ${JSON.stringify(path)}` };
}

describe('a promise that never settles fails the step', () => {
  it('with what is done, where the work can still be ended', async () => {
    const result = await runEmulated({
      inputs: { 'model-ids': 'a,hangs' },
      env: preload('silent-network'),
    });
    expect(result.conclusion).toBe('failure');
    expect(result.outputs).toMatchObject({ status: 'error', failed: '2' });
    expect(result.annotations.at(-1)?.message).toMatch(
      /^The step came to a standstill when 0 of 2/,
    );
  });

  it('with a message, where nothing can', async () => {
    const result = await runEmulated({
      inputs: { 'model-ids': 'a' },
      env: preload('silent-summary'),
    });
    expect(result.conclusion).toBe('failure');
    expect(result.outputs).toMatchObject({ status: 'success', succeeded: '1' });
    expect(result.annotations.at(-1)?.message).toMatch(/^The step came to a standstill\. /);
  });
});

it('a request that was given up does not hold the step', async () => {
  const before = performance.now();
  const result = await runEmulated({ inputs: { 'model-ids': 'hangs', timeout: '200ms' } });
  expect(result.outcomes['hangs']).toMatchObject({ error: { code: 'wait_timeout' } });
  expect(performance.now() - before).toBeLessThan(3000);
});
