import { expect, test } from 'vitest';
import { parseCommandLine } from '../command-line.ts';
import type { EmulatorFlags } from '../options.ts';
import { toEmulatorOptions, toReachable, tryCommand } from './emulator.ts';

function parse(line: string): EmulatorFlags {
  const parsed = parseCommandLine(['emulator', ...line.split(' ').filter((word) => word !== '')]);
  if (parsed.command !== 'emulator') throw new Error(parsed.command);
  return parsed.flags;
}

test.each([
  ['', {}],
  ['--host ::1 --port 0 --api-key k', { host: '::1', port: 0, apiKey: 'k' }],
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
  expect(toEmulatorOptions(parse(line))).toEqual(options);
});

test.each([
  ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
  ['http://0.0.0.0:8787', 'http://127.0.0.1:8787'],
  ['http://[::]:8787', 'http://[::1]:8787'],
  ['http://[::1]:8787', 'http://[::1]:8787'],
])('%s is reached at %s', (url, reachable) => {
  expect(toReachable(url)).toBe(reachable);
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
  const command = tryCommand('http://127.0.0.1:8787', parse(line));
  expect(command).toBe(
    `MODELSLAB_API_KEY=demo-key modelslab-reload --base-url http://127.0.0.1:8787 ${option}my-model`,
  );
  expect(parseCommandLine(command.split(' ').slice(2)).command).toBe('reload');
});

test('the command does not repeat the key of --api-key', () => {
  const command = tryCommand('http://x', parse('--api-key other-key'));
  expect(command).toMatch(/^modelslab-reload .* my-model +# with MODELSLAB_API_KEY set/);
  expect(command).not.toContain('other-key');
});
