// Runs the vendor's clients: their Python SDKs through `calls.py`, and their command line.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The emulator's key, if a call does not choose another. */
export const KEY = 'demo-key';

const calls = fileURLToPath(new URL('calls.py', import.meta.url));

/**
 * @param {{ python: string, cli: string }} clients the paths of the programs
 * @param {string} home an empty folder for their settings
 */
export function createRunners(clients, home) {
  return { callPython, runCommandLine };

  /**
   * Makes calls with the SDKs, one after another. Each consists of a client, its function, the arguments, and optionally
   * another key.
   */
  async function callPython(url, rows) {
    const input = rows.map(([client, call, fields, key = KEY]) => ({
      client,
      call,
      url,
      key,
      fields,
    }));
    const { stdout, stderr, exitCode } = await run(clients.python, [calls], JSON.stringify(input));
    if (exitCode !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  }

  function runCommandLine(baseUrl, args) {
    const flags = ['--base-url', baseUrl, '--no-update-check', '--output', 'json'];
    const key = args.includes('--api-key') ? [] : ['--api-key', KEY];
    return run(clients.cli, [...flags, ...key, ...args]);
  }

  /** Runs a program asynchronously, because the emulator runs in this process. */
  function run(command, args, input = '') {
    const env = {
      ...process.env,
      HOME: home,
      NO_PROXY: '127.0.0.1',
      no_proxy: '127.0.0.1',
      // pydantic's warnings are not relevant here.
      PYTHONWARNINGS: 'ignore',
    };
    return new Promise((resolve) => {
      const child = execFile(
        command,
        args,
        { env, cwd: home, timeout: 120_000 },
        (error, stdout, stderr) =>
          resolve({ stdout, stderr, exitCode: error === null ? 0 : error.code }),
      );
      child.stdin.end(input);
    });
  }
}
