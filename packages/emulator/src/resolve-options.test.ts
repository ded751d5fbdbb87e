import { describe, expect, test } from 'vitest';
import { createEmulator, start, type EmulatorOptions } from './index.ts';
import { DEFAULTS, resolveOptions } from './resolve-options.ts';

// As in code without types.
const untyped = (options: object) => options as EmulatorOptions;

test('without options, all have their defaults', () => {
  expect(resolveOptions({})).toEqual(DEFAULTS);
});

test('an option that is undefined has its default, and 0, false and empty lists are kept', () => {
  const options = {
    port: undefined,
    queueLimit: 0,
    reloadCounts: false,
    models: [],
    loadTimeMs: 0,
  };
  expect(resolveOptions(untyped(options))).toEqual({
    ...DEFAULTS,
    queueLimit: 0,
    reloadCounts: false,
    loadTimeMs: 0,
  });
});

test.each<[string, EmulatorOptions]>([
  ['a load that never ends', { loadTimeMs: Infinity }],
  ['a function for the load time', { loadTimeMs: () => 1 }],
  ['a queue without a limit', { queueLimit: Infinity }],
  ['any free port', { port: 0 }],
])('accepts %s', (_, options) => {
  expect(resolveOptions(options)).toEqual({ ...DEFAULTS, ...options });
});

test.each<[object, string]>([
  [{ sucess: 'loaded' }, 'Unknown option: sucess. Known options: host, port, apiKey, '],
  [{ constructor: 1 }, 'Unknown option: constructor.'],
  [{ success: 'maybe' }, 'The option success must be one of loaded, accepted, blocking.'],
  [{ host: '' }, 'The option host must be non-empty text.'],
  [{ apiKey: 12 }, 'The option apiKey must be non-empty text.'],
  [{ port: 70_000 }, 'The option port must be a whole number from 0 to 65535.'],
  [{ port: Infinity }, 'The option port must be a whole number from 0 to 65535.'],
  [{ port: -1 }, 'The option port must be a whole number from 0 to 65535.'],
  [{ queueLimit: 1.5 }, 'The option queueLimit must be a whole number, 0 or more.'],
  [{ queueLimit: -1 }, 'The option queueLimit must be a whole number, 0 or more.'],
  [{ loadTimeMs: '10s' }, 'The option loadTimeMs must be a number of milliseconds, 0 or more.'],
  [{ idleAfterMs: Number.NaN }, 'The option idleAfterMs must be a number of milliseconds'],
  [{ latencyMs: -1 }, 'The option latencyMs must be a number of milliseconds, 0 or more.'],
  [{ latencyMs: () => 1 }, 'The option latencyMs must be a number of milliseconds, 0 or more.'],
  [{ models: 'a' }, 'The option models must be an array of strings.'],
  [{ loaded: [1] }, 'The option loaded must be an array of strings.'],
  [{ reloadCounts: 'yes' }, 'The option reloadCounts must be true or false.'],
  [{ clock: 1 }, 'The option clock must be a clock.'],
  [{ log: true }, 'The option log must be a function.'],
  [{ intercept: {} }, 'The option intercept must be a function.'],
])('rejects %j', (options, message) => {
  expect(() => resolveOptions(untyped(options))).toThrow(TypeError);
  expect(() => resolveOptions(untyped(options))).toThrow(message);
});

describe('options are checked', () => {
  const options = untyped({ success: 'maybe' });

  test('by createEmulator', () => {
    expect(() => createEmulator(options)).toThrow('The option success');
  });

  test('by start', async () => {
    await expect(start(options)).rejects.toThrow('The option success');
  });
});
