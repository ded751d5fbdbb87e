import { describe, expect, it } from 'vitest';
import { runEmulated } from './emulated.ts';

describe.concurrent('the key', () => {
  it.each(['demo-key', 'k"e/y\\%&<ü>+0123'])(
    '%s shows nowhere, whatever the API echoes',
    async (apiKey) => {
      const { raw, log, outputs, summary } = await runEmulated(
        { inputs: { 'api-key': apiKey, 'model-ids': 'echoes-key,my-model' }, debug: true },
        { apiKey },
      );
      const [first = '', ...rest] = raw.split('\n');
      expect(first.startsWith('::add-mask::')).toBe(true);
      const spellings = [
        apiKey,
        JSON.stringify(apiKey).slice(1, -1),
        encodeURIComponent(apiKey),
        Buffer.from(apiKey).toString('base64').replace(/=+$/, ''),
      ];
      for (const text of [rest.join('\n'), log, JSON.stringify(outputs), summary]) {
        for (const spelling of spellings) expect(text).not.toContain(spelling);
      }
      expect(outputs['outcomes']).toContain('[redacted]');
      expect(log).toContain('[debug] inputs {');
    },
  );

  it('is masked before a wrong input is told', async () => {
    const { raw } = await runEmulated({ inputs: { 'model-ids': '' } });
    expect(raw.split('\n')[0]).toBe('::add-mask::demo-key');
  });

  it.each(['a', 'success', 'Id', '123'])(
    '%s is warned of, since its mask drops outputs',
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

  it('or a password of a proxy that is part of a model id is warned of', async () => {
    const { annotations, dropped } = await runEmulated({
      inputs: { 'model-ids': 'my-hunter2-model' },
      env: { https_proxy: 'http://user:hunter2@proxy.example' },
    });
    expect(annotations[0]?.title).toBe('Outputs may be missing');
    expect(dropped).toEqual(['outcomes']);
  });

  it('of an ordinary kind is not warned of', async () => {
    const { annotations, dropped } = await runEmulated({ inputs: { 'model-ids': 'my-model' } });
    expect(annotations).toEqual([]);
    expect(dropped).toEqual([]);
  });
});
