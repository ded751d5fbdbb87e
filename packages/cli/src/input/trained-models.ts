import type { Client } from '@modelslab-reload/core';
import type { Io } from '../io.ts';
import type { ListFlags } from '../options.ts';
import { formatSeconds } from '../output/format.ts';
import { spinnerLine } from '../output/status-line.ts';
import { openTerminal } from '../output/terminal.ts';

/** Lists the account's trained models, and shows a status line while it waits. */
export async function listTrainedModels(
  io: Io,
  client: Client,
  flags: ListFlags,
  signal: AbortSignal,
): Promise<string[]> {
  const { stderr } = io.process;
  const startedAt = performance.now();
  const terminal = openTerminal(io, flags, (frame) =>
    spinnerLine(['listing the trained models', formatSeconds(frame.now - startedAt)], frame),
  );
  const ids = await client
    .listTrainedModels({ timeoutMs: flags.timeout, signal })
    .finally(() => terminal.close());
  if (ids.length === 0 && !flags.quiet) {
    stderr.write(
      'The API lists no trained models for this key. It is not known whether it lists\n' +
        'uploads and LoRAs. You can still reload other models by their ids.\n',
    );
  } else if (flags.verbose) {
    stderr.write(`The API lists ${ids.length} trained models.\n`);
  }
  return ids;
}
