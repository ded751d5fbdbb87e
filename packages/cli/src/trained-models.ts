import type { Client } from '@modelslab-reload/core';
import type { ConnectionFlags } from './connect.ts';
import { openScreen } from './screen.ts';
import { inSeconds, movingLine } from './status-line.ts';

/** Asks for the account's trained models, and shows that it does. */
export async function listTrainedModels(
  client: Client,
  flags: ConnectionFlags,
  signal: AbortSignal,
): Promise<string[]> {
  const startedAt = performance.now();
  const screen = openScreen(flags, (frame) =>
    movingLine(['asking for the trained models', inSeconds(frame.now - startedAt)], frame),
  );
  let ids: string[];
  try {
    ids = await client.listTrainedModels({ timeoutMs: flags.timeout, signal });
  } finally {
    screen.close();
  }
  if (ids.length === 0 && !flags.quiet) {
    process.stderr.write(
      'The API lists no trained models for this key: the account has trained or uploaded none.\n' +
        'Other models can be reloaded all the same: name their ids.\n',
    );
  } else if (flags.verbose) {
    process.stderr.write(`The API lists ${ids.length} trained models.\n`);
  }
  return ids;
}
