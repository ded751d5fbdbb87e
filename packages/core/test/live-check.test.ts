import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { start } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../../scripts/live-check.mjs', import.meta.url));

test('the live check, against the emulator: a report that answers, without the key', async () => {
  const emulator = await start({ port: 0, loadTimeMs: 300, apiKey: 'a-long-secret-key' });
  const folder = mkdtempSync(join(tmpdir(), 'live-check-'));
  const env = {
    ...process.env,
    MODELSLAB_API_KEY: 'a-long-secret-key',
    MODELSLAB_BASE_URL: emulator.url,
    POLL_INTERVAL_MS: '200',
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
  };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, 'my-model'], {
    cwd: folder,
    env,
  });
  const record = readFileSync(join(folder, 'live-check.ndjson'), 'utf8');
  await emulator.close();
  rmSync(folder, { recursive: true });

  expect(stdout).toContain(`Not the live service: ${new URL(emulator.url).host}.`);
  expect(stdout).toMatch(/the status words, in order \| processing, (?:processing, )*success \|/);
  expect(stdout).toContain('it came after processing');
  expect(stdout).toContain('the call right after a success say? | success, Model reloaded |');
  const exchanges = record
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(exchanges).toHaveLength(emulator.requests.length);
  expect(exchanges[0]).toMatchObject({ status: 200, text: expect.stringContaining('processing') });
  expect(stdout + stderr + record).not.toContain('a-long-secret-key');
});

test('without a key it says what it wants', async () => {
  const running = promisify(execFile)(process.execPath, [script], {
    env: { ...process.env, MODELSLAB_API_KEY: '' },
  });
  await expect(running).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Set MODELSLAB_API_KEY'),
  });
});
