import { createFailure, ReloadError } from '../errors.ts';

const IMPORT_HINT =
  'Install the dependencies again. In a bundle, mark undici as external, or define require by a banner with createRequire.';

/** What to do about an error that is an installation fault whenever it occurs. */
const HINTS: readonly [RegExp, string][] = [
  [
    /^\w+: WebAssembly/,
    'Its parser needs WebAssembly: run Node without --jitless, and with Node 24 or without a limit of virtual memory (ulimit -v).',
  ],
  // An error of Deno's permissions, or of Node's for a file and, from Node 25 on, also for the network.
  [
    /^(?:NotCapable|PermissionDenied)\b|--allow-|\bERR_ACCESS_DENIED\b/,
    'Allow it: Deno needs --allow-net, --allow-env and --allow-read; Node with --permission needs --allow-fs-read and, from Node 25 on, --allow-net.',
  ],
];

function findHint(error: unknown): string | undefined {
  return HINTS.find(([pattern]) => pattern.test(String(error)))?.[1];
}

/** Returns true if undici's parser cannot start, or if it may not use the network. */
export function isInstallationFault(error: unknown): boolean {
  return findHint(error) !== undefined;
}

/** Wraps an error that occurred before anything could be sent; a ReloadError is returned unchanged. */
export function toInstallationError(error: unknown): ReloadError {
  if (ReloadError.isInstance(error)) return error;
  const message = `The HTTP client undici cannot be used: ${error instanceof Error ? error.message : String(error)}`;
  const hint = findHint(error) ?? IMPORT_HINT;
  return new ReloadError(createFailure('installation_error', message, { hint }), { cause: error });
}
