// Runs the command line from a checkout. Builds it if it is missing, then runs it in this process, so that it receives
// signals and owns the streams and the exit code.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { endWithNpx } from './checkout/end-with-npx.mjs';

const bin = new URL('../packages/cli/dist/bin.js', import.meta.url);

if (!existsSync(bin)) {
  const turbo = fileURLToPath(new URL('turbo.mjs', import.meta.url));
  const { status } = spawnSync(
    process.execPath,
    [turbo, 'run', 'build', '--filter=modelslab-reload'],
    // The build prints to stderr, because stdout is for results.
    { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) process.exit(status ?? 1);
}

endWithNpx();
// pnpm runs a script in the folder of package.json; relative paths resolve against the user's folder.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
process.argv[1] = fileURLToPath(bin);
await import(bin.href);
