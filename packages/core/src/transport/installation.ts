import { createFailure, ReloadError } from '../errors.ts';
import { PERMISSION_HINT } from './errors.ts';

/** Returns true if undici's parser cannot start, or if Deno may not use the network. */
export function isInstallationFault(error: unknown): boolean {
  return isParserFault(error) || isDenied(error);
}

function isParserFault(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('WebAssembly');
}

/** Returns true for an error of Deno's permissions, or of Node's for a file. */
function isDenied(error: unknown): boolean {
  return /^(?:NotCapable|PermissionDenied)\b|--allow-/.test(String(error));
}

const IMPORT_HINT =
  'Install the dependencies again. In a bundle, mark undici as external, or define require by a banner with createRequire.';
const PARSER_HINT =
  'Its parser needs WebAssembly: run Node without --jitless, and with Node 24 or without a limit of virtual memory (ulimit -v).';

/** Wraps an error that occurred before anything could be sent; a ReloadError is returned unchanged. */
export function toInstallationError(error: unknown): ReloadError {
  if (ReloadError.isInstance(error)) return error;
  const message = `The HTTP client undici cannot be used: ${error instanceof Error ? error.message : String(error)}`;
  return new ReloadError(createFailure('installation_error', message, { hint: findHint(error) }), {
    cause: error,
  });
}

function findHint(error: unknown): string {
  if (isParserFault(error)) return PARSER_HINT;
  return isDenied(error) ? PERMISSION_HINT : IMPORT_HINT;
}
