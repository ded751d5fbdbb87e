import { describe, expect, test } from 'vitest';
import { runEmulated } from './emulated.ts';

describe.concurrent('the key', () => {
  test('is masked before an invalid input is reported', async () => {
    const { raw } = await runEmulated({ inputs: { 'model-ids': '' } });
    expect(raw.split('\n')[0]).toBe('::add-mask::demo-key');
  });

  test.each(['a', 'error', 'Id', '123'])(
    '%s causes a warning, because its mask drops outputs',
    async (apiKey) => {
      const { annotations, dropped } = await runEmulated(
        { inputs: { 'api-key': apiKey, 'model-ids': 'my-model' } },
        { apiKey, loaded: ['my-model'] },
      );
      expect(annotations).toHaveLength(1);
      expect(annotations[0]).toMatchObject({ level: 'warning', title: 'Outputs may be missing' });
      if (apiKey !== '123') expect(dropped).toContain('outcomes');
    },
  );

  test('causes a warning if the password of a proxy is part of a model id', async () => {
    const { annotations, dropped } = await runEmulated({
      inputs: { 'model-ids': 'my-hunter2-model' },
      env: { https_proxy: 'http://user:hunter2@proxy.example' },
    });
    expect(annotations[0]?.title).toBe('Outputs may be missing');
    expect(dropped).toEqual(['outcomes', 'succeeded-model-ids']);
  });

  test('causes no warning if it is an ordinary key', async () => {
    const { annotations, dropped } = await runEmulated({ inputs: { 'model-ids': 'my-model' } });
    expect(annotations).toEqual([]);
    expect(dropped).toEqual([]);
  });
});
