import { EMULATOR_OPTION_SPECS, type EmulatorOptions } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { TestProcess } from '../../test/process.ts';
import { parseCommandLine } from '../command-line.ts';
import { emulatorOptions, toEmulatorOptions } from '../emulator-options.ts';
import { emulator, tryCommand } from './emulator.ts';

function parse(line: string): EmulatorOptions {
  const parsed = parseCommandLine(['emulator', ...line.split(' ').filter((word) => word !== '')]);
  if (parsed.command !== 'emulator') throw new Error(parsed.command);
  return toEmulatorOptions(parsed.flags);
}

test.each([
  ['', {}],
  ['--host ::1 --port 0 --api-key k', { host: '::1', port: 0, apiKey: 'k' }],
  ['--latency 50ms --list-shape pages', { latencyMs: 50, listShape: 'pages' }],
  ['--queue-limit 0', { queueLimit: 0 }],
  ['--load-time 1s --idle-after 2s', { loadTimeMs: 1000, idleAfterMs: 2000 }],
  ['--spam-window 3s --retry-after 4s', { spamWindowMs: 3000, retryAfterMs: 4000 }],
  ['--spam-filter prolonged', { spamWindow: 'prolonged' }],
  ['--queue-limit 9 --queue loading', { queueLimit: 9, queue: 'loading' }],
  ['--models a,b --loaded a', { models: ['a', 'b'], loaded: ['a'] }],
  ['--success blocking --repeat refused', { success: 'blocking', repeat: 'refused' }],
  ['--draw-unloaded loads', { drawUnloaded: 'loads' }],
  ['--reload-counts yes', { reloadCounts: true }],
  ['--reload-counts no', { reloadCounts: false }],
])('%j gives the options %j', (line, options) => {
  expect(parse(line)).toStrictEqual(options);
});

test('every flag of the emulator has a value, choices and a summary with its default', () => {
  const specs = Object.values(EMULATOR_OPTION_SPECS);
  expect(Object.keys(emulatorOptions)).toEqual(specs.map(({ flag }) => flag.slice(2)));
  for (const { flag, summary, values, default: defaultText } of specs) {
    const option = emulatorOptions[flag.slice(2)];
    expect(option?.value).toMatch(/^[a-z|,]+$/);
    expect(option?.summary).toContain(summary);
    expect(option?.summary).toContain(`default ${defaultText})`);
    if (values !== undefined) expect(option?.values).toEqual(values);
  }
  expect(emulatorOptions['reload-counts']?.values).toEqual(['yes', 'no']);
});

test.each([
  ['load-time', ' (default 2m)'],
  ['reload-counts', ' (default yes)'],
  ['success', ' (loaded | accepted | blocking; default loaded)'],
])('the summary of --%s ends with%s', (name, end) => {
  expect(emulatorOptions[name]?.summary.slice(-end.length)).toBe(end);
});

test.each([
  ['', null],
  ['--load-time 2m', null],
  ['--load-time 60s', '15s'],
  ['--load-time 10s', '3s'],
  ['--load-time 1s', '300ms'],
  ['--load-time 10s --repeat refused', '31s'],
  ['--load-time 10s --repeat refused --spam-window 5s', '6s'],
  ['--load-time 10s --repeat restarts', '13s'],
])('the command for %j polls at an interval of %s', (line, interval) => {
  const option = interval === null ? '' : `--poll-interval ${interval} `;
  const command = tryCommand('http://127.0.0.1:8787', parse(line), 'posix');
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
  expect(tryCommand('http://x', parse('--api-key other-key'), 'cmd')).toMatch(
    /^modelslab-reload --base-url http:\/\/x my-model +& rem with /,
  );
});

test('the command does not repeat the key of --api-key', () => {
  const command = tryCommand('http://x', parse('--api-key other-key'), 'posix');
  expect(command).toMatch(/^modelslab-reload .* my-model +# with MODELSLAB_API_KEY set/);
  expect(command).not.toContain('other-key');
});

test('an address that cannot be used is rejected with the options that choose another', async () => {
  await expect(emulator(new TestProcess().io, { port: 65_536 })).rejects.toMatchObject({
    message: expect.stringContaining('port'),
    hint: 'Choose another address with --host or --port; --port 0 picks a free port.',
    exitCode: 1,
  });
});
