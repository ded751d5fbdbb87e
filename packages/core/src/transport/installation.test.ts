import { expect, test } from 'vitest';
import { invalidArgument } from '../errors.ts';
import { isInstallationFault, toInstallationError } from './installation.ts';

const withName = (name: string, message: string) => Object.assign(new Error(message), { name });

test.each<[string, Error, RegExp]>([
  ['Node without a network', new Error('getaddrinfo ERR_ACCESS_DENIED a.example'), /--allow-net/],
  ['Node without files', new Error('Use --allow-fs-read to manage permissions.'), /--allow-net/],
  ['Deno', withName('NotCapable', 'Requires net access'), /--allow-net/],
  ['no WebAssembly', withName('ReferenceError', 'WebAssembly is not defined'), /--jitless/],
])('an installation fault is recognized and explained: %s', (_, error, hint) => {
  expect(isInstallationFault(error)).toBe(true);
  expect(toInstallationError(error)).toMatchObject({
    code: 'installation_error',
    message: `The HTTP client undici cannot be used: ${error.message}`,
    hint: expect.stringMatching(hint),
    cause: error,
  });
});

test('any other error is an installation fault only before a request is sent', () => {
  const error = new Error("Cannot find package 'undici'");
  expect(isInstallationFault(error)).toBe(false);
  expect(toInstallationError(error).hint).toMatch(/^Install the dependencies again/);
  const known = invalidArgument('A proxy variable is not a URL.');
  expect(toInstallationError(known)).toBe(known);
});
