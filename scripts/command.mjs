import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const manifest = new URL('../package.json', import.meta.url);

/** Runs pnpm, in the version of this repository. */
export const PNPM = ['npx', '-y', JSON.parse(readFileSync(manifest, 'utf8')).packageManager];

/**
 * Returns a command that can be run without a shell, which would split a path at its spaces: on Windows npm and npx are
 * scripts of cmd, so Node runs what those run.
 *
 * @param {string[]} command
 */
export function withoutShell(
  [name, ...args],
  { platform = process.platform, execPath = process.execPath } = {},
) {
  if (platform !== 'win32' || (name !== 'npm' && name !== 'npx')) return [name, ...args];
  return [execPath, join(dirname(execPath), `node_modules/npm/bin/${name}-cli.js`), ...args];
}

/**
 * Runs a command without a shell; resolves with its stdout, and rejects with its output. Asynchronous, because an emulator
 * may run in this process.
 *
 * @param {string[]} command
 * @param {{ cwd?: string, env?: object, timeout?: number }} [options] `env` is added to the environment; undefined removes
 *   a variable
 */
export async function run(command, { env, ...options } = {}) {
  const [file, ...args] = withoutShell(command);
  try {
    const { stdout } = await promisify(execFile)(file, args, {
      ...options,
      maxBuffer: 2 ** 26,
      env: { ...process.env, ...env },
    });
    return stdout;
  } catch (error) {
    error.message = `${command.join(' ')}\n${error.stdout}${error.stderr}`;
    throw error;
  }
}

/** Returns the paths in a tarball. */
export async function listTarball(folder, file) {
  // By a relative path, because GNU tar takes the C of C:\ for a host.
  return (await run(['tar', '-tzf', file], { cwd: folder })).trim().split(/\r?\n/);
}
