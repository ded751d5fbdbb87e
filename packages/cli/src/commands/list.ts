import { checkModelId, ReloadError } from '@modelslab-reload/core';
import { checkVerbosity, openClient } from '../client.ts';
import { exitCodeFor, reportError } from '../errors.ts';
import { readApiKey } from '../input/api-key.ts';
import { listTrainedModels } from '../input/trained-models.ts';
import type { Io } from '../io.ts';
import type { ListFlags, OutputFormat } from '../options.ts';
import { runWithSignals } from '../signals.ts';

/**
 * `modelslab-reload list`: prints the account's trained models. An id that cannot be reloaded is reported on stderr
 * instead.
 */
export async function list(io: Io, flags: ListFlags): Promise<number> {
  checkVerbosity(flags);
  const { 'api-key-file': keyFile, output = 'text' } = flags;
  const apiKey = await readApiKey(io, keyFile);
  const client = openClient(io, flags, apiKey, keyFile === undefined ? [] : [keyFile]);
  return runWithSignals(io, async (signal) => {
    const ids = await listTrainedModels(io, client, flags, signal);
    const faults = new Map(ids.map((id) => [id, findFault(id, apiKey)]));
    io.print(
      formatIds(
        ids.filter((id) => faults.get(id) === null),
        output,
      ),
    );
    const rejected = [...faults.values()].filter((fault) => fault !== null);
    for (const fault of rejected) reportError(io, fault);
    return exitCodeFor(rejected.map(({ code }) => code));
  });
}

function findFault(id: string, apiKey: string): ReloadError | null {
  try {
    checkModelId(id, apiKey);
    return null;
  } catch (error) {
    if (ReloadError.isInstance(error)) return error;
    throw error;
  }
}

function formatIds(ids: readonly string[], format: OutputFormat): string {
  if (format === 'text') return ids.map((id) => `${id}\n`).join('');
  const items = ids.map((modelId) => ({ modelId }));
  if (format === 'json') return `${JSON.stringify(items, null, 2)}\n`;
  return items.map((item) => `${JSON.stringify(item)}\n`).join('');
}
