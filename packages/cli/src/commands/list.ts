import { openClient } from '../client.ts';
import { exitCodeFor, reportError } from '../errors.ts';
import { readApiKey } from '../input/api-key.ts';
import { findFault } from '../input/model-ids.ts';
import { listTrainedModels } from '../input/trained-models.ts';
import type { Io } from '../io.ts';
import type { ListFlags, OutputFormat } from '../options.ts';
import { runWithSignals } from '../signals.ts';

/** `modelslab-reload list`: prints the account's trained models. An id that cannot be reloaded goes to stderr. */
export async function list(io: Io, flags: ListFlags): Promise<number> {
  const apiKey = await readApiKey(io, flags['api-key-file']);
  const client = openClient(io, flags, apiKey);
  return runWithSignals(io, async (signal) => {
    const ids = await listTrainedModels(io, client, flags, signal);
    const checked = ids.map((id) => ({ id, fault: findFault(id, apiKey) }));
    const valid = checked.flatMap(({ id, fault }) => (fault === null ? [id] : []));
    io.print(formatIds(valid, flags.output));
    const rejected = checked.flatMap(({ fault }) => fault ?? []);
    for (const fault of rejected) reportError(io, fault);
    return exitCodeFor(rejected.map(({ code }) => code));
  });
}

function formatIds(ids: readonly string[], format: OutputFormat = 'text'): string {
  if (format === 'text') return ids.map((id) => `${id}\n`).join('');
  const items = ids.map((modelId) => ({ modelId }));
  if (format === 'json') return `${JSON.stringify(items, null, 2)}\n`;
  return items.map((item) => `${JSON.stringify(item)}\n`).join('');
}
