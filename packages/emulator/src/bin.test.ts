import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createReloadBody, postAndFormat, waitUntil } from '../test/sockets.ts';

const BIN = fileURLToPath(new URL('../bin/modelslab-emulator.js', import.meta.url));

/** Runs the built command to its end. */
function run(args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [BIN, ...args], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

test.each([
  [[], 'demo-key'],
  [['--api-key', 'a-key-that-was-chosen'], 'YOUR_KEY'],
])(
  'with %j it prints its URL and a command with %s, and never the chosen key',
  async (args, key) => {
    const child = spawn(process.execPath, [BIN, '--port', '0', ...args]);
    let log = '';
    child.stderr.on('data', (chunk) => (log += String(chunk)));
    const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const body = createReloadBody('my-model').replace('demo-key', args[1] ?? 'demo-key');
    expect(await postAndFormat(url, body)).toBe('200 processing: Model is reloading');
    await waitUntil(() => log.includes('#1 200'));
    child.kill();
    await once(child, 'close');
    expect(log).toContain(
      `curl -s "${url}/api/v6/images/model_reload" -d "{\\"key\\":\\"${key}\\"`,
    );
    expect(log).toContain('#1 POST /api/v6/images/model_reload my-model\n#1 200 processing\n');
    expect(log).not.toContain('a-key-that-was-chosen');
  },
);

test('it continues when its output is not read', async () => {
  const child = spawn(process.execPath, [BIN, '--port', '0']);
  child.stdout.destroy();
  let log = '';
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  await waitUntil(() => log.includes('"\n'));
  const url = /http:\/\/[\d.:]+/.exec(log)?.[0] ?? '';
  child.stderr.destroy();
  for (let times = 0; times < 3; times++) {
    expect(await postAndFormat(url, createReloadBody('my-model'))).toContain('200 processing');
  }
  child.kill();
  await once(child, 'close');
});

test.each([
  [['--success', 'maybe'], '--success must be one of loaded, accepted, blocking, not "maybe".\n'],
  [
    ['my-model'],
    "Unexpected argument 'my-model'. This command does not take positional arguments\n",
  ],
  [['--what'], "Unknown option '--what'\n"],
])('%j is rejected with a message, and exit code 2', async (args, message) => {
  expect(await run(args)).toEqual({
    code: 2,
    stdout: '',
    stderr: `${message}See npx @modelslab-reload/emulator --help.\n`,
  });
});

test('a port that is in use is rejected with advice, and exit code 1', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  expect(await run(['--port', `${port}`])).toEqual({
    code: 1,
    stdout: '',
    stderr:
      `The emulator cannot listen on 127.0.0.1, port ${port}: address already in use.\n` +
      'Choose another address with --host or --port; --port 0 picks a free port.\n',
  });
  server.close();
});

test('--help and --version are written to stdout', async () => {
  const help = await run(['--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('Usage: npx @modelslab-reload/emulator [options]');
  expect(help.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  const version = await run(['--version']);
  expect(version).toMatchObject({ code: 0, stderr: '' });
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
