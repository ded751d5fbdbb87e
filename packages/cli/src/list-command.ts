import { readApiKey, refuseApiKeyOption } from './api-key.ts';
import { checkTelling, connect, type ConnectionFlags } from './connect.ts';
import { listOptions } from './options.ts';
import { parse } from './parse.ts';
import type { OutputFormat } from './results.ts';
import { untilSignal } from './signals.ts';
import { listTrainedModels } from './trained-models.ts';

/** `modelslab-reload list`: the account's trained models. */
export async function listCommand(args: string[]): Promise<number> {
  refuseApiKeyOption(args);
  const flags: ConnectionFlags = parse(args, listOptions, '').flags;
  checkTelling(flags);
  const client = connect(flags, await readApiKey(flags.apiKeyFile));
  return untilSignal(async (signal) => {
    const ids = await listTrainedModels(client, flags, signal);
    process.stdout.write(textOf(ids, flags.output ?? 'text'));
    return 0;
  });
}

function textOf(ids: readonly string[], format: OutputFormat): string {
  if (format === 'text') return ids.map((id) => `${id}\n`).join('');
  const items = ids.map((modelId) => ({ modelId }));
  if (format === 'json') return `${JSON.stringify(items, null, 2)}\n`;
  return items.map((item) => `${JSON.stringify(item)}\n`).join('');
}
