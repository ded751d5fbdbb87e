import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { cli, finished, startCli } from '../test/cli.ts';

const OPTIONS =
  'emulator --port 0 --api-key other-key --load-time 1h --idle-after 1d --queue-limit 9 ' +
  '--queue loading --spam-window 10s --retry-after 5s --models a,b --loaded a --success loaded ' +
  '--repeat refused --reload-counts no --draw-unloaded loads';

/** Starts it and gives its URL, which is the first thing that it prints. */
async function startEmulator(args: string[]) {
  const child = startCli(args);
  const run = finished(child);
  const [first] = (await once(child.stdout, 'data')) as [string];
  return { child, run, url: first.trim() };
}

test('takes all of its options, answers, and never logs a key', async () => {
  const { child, run, url } = await startEmulator(OPTIONS.split(' '));
  const asked = await cli(['list', '-o', 'ndjson'], {
    env: { MODELSLAB_BASE_URL: url, MODELSLAB_API_KEY: 'other-key' },
  });
  expect(asked.stdout).toBe('{"modelId":"a"}\n{"modelId":"b"}\n');
  const reloaded = await cli(['a', 'b', '--no-wait', '-o', 'json'], {
    env: { MODELSLAB_BASE_URL: url, MODELSLAB_API_KEY: 'other-key' },
  });
  const statuses = JSON.parse(reloaded.stdout).map(({ status }: { status: string }) => status);
  expect(statuses).toEqual(['success', 'processing']);

  child.kill('SIGTERM');
  const { code, stdout, stderr } = await run;
  expect(code).toBe(143);
  expect(stdout).toBe(`${url}\n`);
  expect(stderr).toContain('#1 POST /api/v3/finetune_list');
  expect(stderr).not.toContain('other-key');
});

test('Ctrl-C ends it, with 130', async () => {
  const { child, run } = await startEmulator(['emulator', '--port', '0']);
  child.kill('SIGINT');
  expect((await run).code).toBe(130);
});

test('a port that is taken: a sentence that says what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { code, stdout, stderr } = await cli(['emulator', '--port', `${port}`]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(`port ${port}: the port is in use`);
  expect(stderr).toContain('--port 0');
  server.close();
});
