// For anyone with a key: reloads one of your models with the live API, waits, and prints a report on the open questions
// for an issue. It costs as much as one reload, if a reload is billed, and one image for a LoRA.
//
//   npx -y pnpm@10 -s live-check my-model
//   npx -y pnpm@10 -s live-check my-lora --base-model sdxl
//
// MODELSLAB_BASE_URL and POLL_INTERVAL_MS are for runs against the emulator.
import { createTransport, ReloadError } from '@modelslab-reload/core';
import { openRecord } from '../packages/cli/dist/record.js';
import { readArgs, USAGE } from './live-check/arguments.mjs';
import { liveCheck } from './live-check/check.mjs';
import { formatReport } from './live-check/report.mjs';

const RECORD = 'live-check.ndjson';
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGBREAK: 149 };

const apiKey = process.env.MODELSLAB_API_KEY?.trim();
const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  console.log(USAGE);
  process.exit(0);
}
const given = readArgs(args);
if (!apiKey || !given) {
  console.error(USAGE);
  process.exit(2);
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
  const onExchange = openRecord({ process, onExit }, RECORD, []);
  const result = await liveCheck({
    apiKey,
    ...given,
    baseUrl: process.env.MODELSLAB_BASE_URL || undefined,
    pollIntervalMs: Number(process.env.POLL_INTERVAL_MS) || undefined,
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
