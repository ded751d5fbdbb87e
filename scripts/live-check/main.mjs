import { Console } from 'node:console';
import { join } from 'node:path';
import { createTransport, ReloadError } from '@modelslab-reload/core';
import { openRecord } from '../../packages/cli/dist/record.js';
import { readArgs, USAGE } from './arguments.mjs';
import { liveCheck } from './check.mjs';
import { formatReport } from './report.mjs';

const RECORD = 'live-check.ndjson';
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGBREAK: 149 };

/**
 * Runs the check with the arguments and the variables of a process, and sets its exit code.
 *
 * @param folder of the record
 */
export async function main(process, folder = '') {
  const { env } = process;
  const console = new Console(process.stdout, process.stderr);

  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) return console.log(USAGE);
  const apiKey = env.MODELSLAB_API_KEY?.trim();
  const given = readArgs(args);
  if (!apiKey || !given) {
    process.exitCode = 2;
    return console.error(USAGE);
  }

  const stop = new AbortController();
  for (const [name, code] of Object.entries(EXIT_CODES)) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(code);
      console.error('Stopping; the report follows. Press Ctrl-C again to quit without it.');
      process.exitCode = code;
      stop.abort();
    });
  }

  // The report does not depend on a reader of the progress.
  process.stderr.on('error', () => {});

  /** Ends the record with the process. */
  const onExit = (task) => {
    process.on('exit', task);
    return () => process.off('exit', task);
  };

  try {
    // Each exchange is written to the file as soon as it ends, so that nothing is lost, however the run ends.
    const onExchange = openRecord({ process, onExit }, join(folder, RECORD), []);
    const result = await liveCheck({
      apiKey,
      ...given,
      baseUrl: env.MODELSLAB_BASE_URL || undefined,
      pollIntervalMs: Number(env.POLL_INTERVAL_MS) || undefined,
      transport: createTransport(),
      signal: stop.signal,
      onExit,
      onExchange,
      log: (line) => console.error(line),
    });
    console.log(formatReport(result, RECORD));
    process.exitCode ??= result.outcome.error === null && !result.image?.error ? 0 : 1;
  } catch (error) {
    if (!ReloadError.isInstance(error) && error?.name !== 'CommandError') throw error;
    console.error(`${error.message}\n${error.hint}`);
    process.exitCode = 2;
  }
}
