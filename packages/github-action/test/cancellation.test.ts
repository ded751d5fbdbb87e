import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import { needsSignals } from '../../../scripts/vitest/needs.ts';
import { runEmulated } from './emulated.ts';

beforeEach(needsSignals);

describe('a cancelled step ends immediately and reports the finished models', () => {
  test.each([
    ['while a model loads', 'always-processing', {}],
    ['while a request is open', 'hangs', {}],
    ['while a body drips', 'drips', {}],
    ['with fail-on-error false', 'hangs', { 'fail-on-error': 'false' }],
  ])('%s', async (_when, modelId, inputs) => {
    const result = await runEmulated({
      inputs: { 'model-ids': `a,${modelId}`, ...inputs },
      cancelAt: /^a: success/,
    });
    expect(result.cancelledMs).toBeLessThan(10_000);
    expect(result.conclusion).toBe('failure');
    expect(result.outputs).toMatchObject({ status: 'error', succeeded: '1', failed: '1' });
    expect(result.outcomes[modelId]).toMatchObject({ error: { code: 'aborted' } });
    expect(result.summary).toContain('Cancelled when 1 of 2 models were done.');
    expect(result.annotations).toHaveLength(1);
  });

  test('while the trained models are listed', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const result = await runEmulated({
      inputs: { 'all-trained': 'true', 'base-url': `http://127.0.0.1:${port}` },
      cancelAt: /::debug::inputs/,
      debug: true,
    });
    silent.close();
    expect(result.cancelledMs).toBeLessThan(10_000);
    expect(result.conclusion).toBe('failure');
    expect(result.outputs['status']).toBe('error');
    expect(result.annotations[0]?.message).toBe('Cancelled before the first request for a model.');
  });

  test('by SIGTERM as well as by SIGINT', async () => {
    const result = await runEmulated({
      inputs: { 'model-ids': 'a,hangs' },
      cancelAt: /^a: success/,
      cancelBy: 'SIGTERM',
    });
    expect(result.cancelledMs).toBeLessThan(10_000);
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toMatchObject({ succeeded: '1', failed: '1' });
  });
});
