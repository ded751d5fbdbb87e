// The command line from a checkout: builds it where it is missing, then runs it in this same process,
// so that signals, streams and exit codes are its own.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bin = new URL('../packages/cli/dist/bin.js', import.meta.url);

if (!existsSync(bin)) {
  const turbo = fileURLToPath(new URL('turbo.mjs', import.meta.url));
  const { status } = spawnSync(
    process.execPath,
    [turbo, 'run', 'build', '--filter=modelslab-reload'],
    // What the build says goes to standard error: standard output is for results.
    { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) process.exit(status ?? 1);
}

// pnpm runs a script in the folder of package.json; paths are meant from where the user stands.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
process.argv[1] = fileURLToPath(bin);
await import(bin.href);
