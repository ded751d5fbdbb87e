// Runs turbo with the given arguments, without its telemetry and its notices. With `--silent` as the first one, what
// turbo prints is shown only if it fails.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const args = process.argv.slice(2);
const isSilent = args[0] === '--silent';
const turbo = createRequire(import.meta.url).resolve('turbo/bin/turbo');
const child = spawn(process.execPath, [turbo, ...args.slice(isSilent ? 1 : 0)], {
  stdio: isSilent ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  env: {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    DO_NOT_TRACK: '1',
    // The compiler and the linter, in Go, collect garbage less often: a sixth of their time for some memory.
    GOGC: '400',
  },
});
const printed = [];
for (const stream of [child.stdout, child.stderr]) {
  stream?.on('data', (chunk) => printed.push(chunk));
}
// Not `exit`, after which output may still arrive.
child.on('close', (code) => {
  process.exitCode = code ?? 1;
  if (code !== 0) process.stderr.write(Buffer.concat(printed));
});
