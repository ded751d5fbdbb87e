import { checkVerbosity, openClient } from '../client.ts';
import { readApiKey } from '../input/api-key.ts';
import { listTrainedModels } from '../input/trained-models.ts';
import type { ListFlags, OutputFormat } from '../options.ts';
import { print } from '../output/stdout.ts';
import { runWithSignals } from '../signals.ts';

/** `modelslab-reload list`: prints the account's trained models. */
export async function list(flags: ListFlags): Promise<number> {
  checkVerbosity(flags);
  const { 'api-key-file': keyFile, output = 'text' } = flags;
  const client = openClient(
    flags,
    await readApiKey(keyFile),
    keyFile === undefined ? [] : [keyFile],
  );
  return runWithSignals(async (signal) => {
    print(formatIds(await listTrainedModels(client, flags, signal), output));
    return 0;
  });
}

function formatIds(ids: readonly string[], format: OutputFormat): string {
  if (format === 'text') return ids.map((id) => `${id}\n`).join('');
  const items = ids.map((modelId) => ({ modelId }));
  if (format === 'json') return `${JSON.stringify(items, null, 2)}\n`;
  return items.map((item) => `${JSON.stringify(item)}\n`).join('');
}
