// Runs the built command line and the Action in this process: a process for each of their runs takes most of the time.
import { vi } from 'vitest';
import { main as runAction } from '../../packages/github-action/src/main.ts';
import { runCli } from './cli-in-process.mjs';
import { failConnections } from './failing-sockets.cjs';

/** Runs the command line; each connection fails with the next of `failures`, if there are any. */
export function cli(args, env, failures) {
  return withVariables(env, failures, () => runCli(args));
}

/** Runs the Action with the variables that the runner sets. */
export function action(env, failures) {
  return withVariables(env, failures, async () => {
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await runAction(new AbortController().signal);
      return { stdout: written.mock.calls.map(([text]) => text).join(''), stderr: '' };
    } finally {
      written.mockRestore();
      // A model that failed has failed the step, not this process.
      process.exitCode = undefined;
    }
  });
}

async function withVariables(env, failures, task) {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const restore = failures && failConnections(failures);
  try {
    return await task();
  } finally {
    restore?.();
    vi.unstubAllEnvs();
  }
}
