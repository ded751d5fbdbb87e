import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { cli } from './cli.ts';

test('--record has a line for each exchange of a run, the list included, without the key', async () => {
  const emulator = await start({ port: 0, apiKey: 'a-secret-key', models: ['a'], loadTimeMs: 100 });
  const record = join(mkdtempSync(join(tmpdir(), 'modelslab-reload-')), 'record.ndjson');
  const { code } = await cli(
    ['--all-trained', 'resets', '--poll-interval', '200ms', '--retries', '0', '--record', record],
    { env: { MODELSLAB_BASE_URL: emulator.url, MODELSLAB_API_KEY: 'a-secret-key' } },
  );
  expect(code).toBe(10);
  const text = readFileSync(record, 'utf8');
  expect(text).not.toContain('a-secret-key');
  const exchanges = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const bodies = exchanges.map(({ request }) => JSON.parse(request.body));
  expect(bodies.map(({ key }) => key)).toEqual(exchanges.map(() => '[redacted]'));
  expect(exchanges[0].request.url).toBe(`${emulator.url}/api/v3/finetune_list`);
  const failed = exchanges.find(({ reply }) => reply === null);
  expect(failed.error).toContain('ECONNRESET');
  expect(bodies.filter(({ model_id }) => model_id === 'a')).toHaveLength(2);
  await emulator.close();
});
