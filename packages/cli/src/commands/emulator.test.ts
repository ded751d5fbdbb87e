import type { EmulatorOptions } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { TestProcess } from '../../test/process.ts';
import { parseCommandLine } from '../command-line.ts';
import { emulator, tryCommand } from './emulator.ts';

test.each<[EmulatorOptions, string | null]>([
  [{}, null],
  [{ loadTimeMs: 0 }, null],
  [{ loadTimeMs: 0, repeat: 'restarts' }, null],
  [{ loadTimeMs: 120_000 }, null],
  [{ loadTimeMs: 60_000 }, '15s'],
  [{ loadTimeMs: 10_000 }, '3s'],
  [{ loadTimeMs: 1000 }, '1s'],
  [{ loadTimeMs: 10_000, repeat: 'refused' }, '31s'],
  [{ loadTimeMs: 10_000, repeat: 'refused', spamWindowMs: 5000 }, '6s'],
  [{ loadTimeMs: 10_000, repeat: 'restarts' }, '13s'],
])('the command for %j polls at an interval of %s', (options, interval) => {
  const option = interval === null ? '' : `--poll-interval ${interval} `;
  const command = tryCommand('http://127.0.0.1:8787', options, 'posix');
  expect(command).toBe(
    `MODELSLAB_API_KEY=demo-key modelslab-reload --base-url http://127.0.0.1:8787 ${option}my-model`,
  );
  expect(parseCommandLine(command.split(' ').slice(2)).command).toBe('reload');
});

test('the command quotes an address that zsh would read as a pattern', () => {
  expect(tryCommand('http://[::1]:8787', {}, 'posix')).toContain(
    ' --base-url "http://[::1]:8787" ',
  );
});

test('the command is that of the shell', () => {
  expect(tryCommand('http://x', {}, 'powershell')).toBe(
    "$env:MODELSLAB_API_KEY = 'demo-key'; modelslab-reload --base-url http://x my-model",
  );
  expect(tryCommand('http://x', { apiKey: 'other-key' }, 'cmd')).toMatch(
    /^modelslab-reload --base-url http:\/\/x my-model +& rem with /,
  );
});

test('the command does not repeat the key of --api-key', () => {
  const command = tryCommand('http://x', { apiKey: 'other-key' }, 'posix');
  expect(command).toMatch(/^modelslab-reload .* my-model +# with MODELSLAB_API_KEY set/);
  expect(command).not.toContain('other-key');
});

test.each([
  [['--port', '65536'], '--port must be a whole number from 0 to 65535, not "65536".', 2],
  [
    ['my-model'],
    "Unexpected argument 'my-model'. This command does not take positional arguments",
    2,
  ],
  [['--host', '192.0.2.1'], 'The emulator cannot listen on 192.0.2.1, port 8787: ', 1],
])('%j is rejected with a message and a hint', async (args, message, exitCode) => {
  await expect(emulator(new TestProcess().io, args)).rejects.toMatchObject({
    message: expect.stringContaining(message),
    hint:
      exitCode === 2
        ? 'See modelslab-reload emulator --help.'
        : 'Choose another address with --host or --port; --port 0 picks a free port.',
    exitCode,
  });
});
