import { createClient, type Transport } from '@modelslab-reload/core/engine';
import { createVirtualClock } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { readInputs } from './inputs.ts';
import { collectIds } from './reload.ts';

test('the input timeout also bounds the list of trained models', async () => {
  const clock = createVirtualClock(0);
  const texts: Record<string, string> = {
    'api-key': 'test-key-0123456789',
    'all-trained': 'true',
    timeout: '60s',
  };
  const inputs = readInputs((name) => texts[name] ?? '');
  const silent: Transport = async (_, signal) => {
    await clock.sleep(Infinity, signal);
    throw signal.reason;
  };
  const client = createClient({ ...inputs.client, transport: silent, clock });
  const { signal } = new AbortController();
  await clock.run(async () => {
    await expect(collectIds(client, inputs, signal)).rejects.toMatchObject({
      code: 'wait_timeout',
    });
  });
  expect(clock.now()).toBe(60_000);
});
