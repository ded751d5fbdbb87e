// The arguments of the live check.
import { parseArgs } from 'node:util';

export const USAGE = `Usage: npx -y pnpm@10 -s live-check <model-id> [--base-model <id>]

Set MODELSLAB_API_KEY, and pass the id of one of your models. The model is reloaded with the live API,
which costs as much as one reload, if a reload is billed.

  --base-model <id>  the model is a LoRA: after the reload has succeeded, generate one image with this
                     base model and the LoRA. This image is billed; without the option none is generated.
  -h, --help         print this text`;

/**
 * Returns the ids of the model and of the base model; null for anything but the usage, which is not quoted, because it may
 * contain the key.
 */
export function readArgs(words) {
  try {
    const { positionals, values } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { 'base-model': { type: 'string' } },
    });
    const [modelId] = positionals;
    const baseModel = values['base-model'];
    // An option is never sent as a model id.
    const areIds = [modelId, baseModel ?? modelId].every((id) => id && !id.startsWith('-'));
    return areIds && positionals.length === 1 ? { modelId, baseModel } : null;
  } catch {
    return null;
  }
}
