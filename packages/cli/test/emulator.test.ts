import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isFull } from '../../core/test/effort.ts';
import { needsSignals } from '../../../scripts/vitest/needs.ts';
import { finished, startCli } from './cli.ts';
import { run as runHere, TestProcess } from './process.ts';

const OPTIONS =
  'emulator --port 0 --api-key other-key --load-time 1h --idle-after 1d --queue-limit 9 ' +
  '--queue loading --spam-window 10s --retry-after 5s --models a,b --loaded a --success loaded ' +
  '--repeat refused --reload-counts no --draw-unloaded loads';

/** Starts the emulator and returns its URL, which is the first line that it prints. */
async function startEmulator(args: string[]) {
  const child = startCli(args);
  const run = finished(child);
  const [first] = (await once(child.stdout, 'data')) as [string];
  return { child, run, url: first.trim() };
}

test('the emulator accepts all of its options, responds, and never logs a key', async () => {
  const { child, run, url } = await startEmulator(OPTIONS.split(' '));
  const asked = await runHere(['list', '-o', 'ndjson'], {
    env: { MODELSLAB_BASE_URL: url, MODELSLAB_API_KEY: 'other-key' },
  });
  expect(asked.stdout).toBe('{"modelId":"a"}\n{"modelId":"b"}\n');
  const reloaded = await runHere(['a', 'b', '--no-wait', '-o', 'json'], {
    env: { MODELSLAB_BASE_URL: url, MODELSLAB_API_KEY: 'other-key' },
  });
  const statuses = JSON.parse(reloaded.stdout).map(({ status }: { status: string }) => status);
  expect(statuses).toEqual(['success', 'processing']);

  child.kill('SIGTERM');
  const { stdout, stderr } = await run;
  expect(stdout).toBe(`${url}\n`);
  expect(stderr).toContain('#1 POST /api/v3/finetune_list');
  expect(stderr).not.toContain('other-key');
});

test.for([
  ['SIGINT', { code: null, signal: 'SIGINT' }],
  ...(isFull ? [['SIGTERM', { code: 143, signal: null }] as const] : []),
] as const)('%s ends the emulator with %j', async ([name, end], context) => {
  needsSignals(context);
  const { child, run } = await startEmulator(['emulator', '--port', '0']);
  child.kill(name);
  const { code, signal } = await run;
  expect({ code, signal }).toEqual(end);
});

test('a port that is in use gets a message that names the option', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { code, stdout, stderr } = await runHere(['emulator', '--port', `${port}`]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(`port ${port}: address already in use`);
  expect(stderr).toContain('--port 0');
  server.close();
});

test('the command that it prints works', async () => {
  const emulator = new TestProcess({ platform: process.platform });
  const args = ['emulator', '--port', '0', '--load-time', '500ms', '--host', '0.0.0.0'];
  const run = emulator.run(args);
  // In the form of the machine's shell.
  const pattern = /^ {2}.*MODELSLAB_API_KEY=.*demo-key.* modelslab-reload (.*)\n/m;
  while (!pattern.test(emulator.stderr.text)) await sleep(10);
  const [, command = ''] = pattern.exec(emulator.stderr.text) ?? [];
  const { code, stdout } = await runHere(command.split(' '));
  expect(code).toBe(0);
  expect(stdout).toContain('after processing');
  emulator.emit('SIGTERM', 'SIGTERM');
  expect(await run).toMatchObject({ code: 143 });
});
