import type { EmulatorReply } from '../http/types.ts';
import { getLoadTime, type ResolvedOptions } from '../options.ts';
import type { Account } from '../state/account.ts';
import type { Model } from '../state/model.ts';
import { createError, createJson } from './replies.ts';

/** Images of one account: requested by `text2img`, polled by `fetch`. */
export function createImages(options: ResolvedOptions, account: Account) {
  const { drawUnloaded } = options;
  /** Model of each image by its id, or null if the image will never be ready. */
  const requested = new Map<string, Model | null>();

  function request(modelId: string): EmulatorReply {
    const model = account.getModel(modelId);
    const isLoaded = model.state === 'loaded';
    if (!isLoaded && drawUnloaded === 'error') {
      return createError(200, `Model is not loaded: ${modelId}`);
    }
    if (model.state === 'unloaded' && drawUnloaded === 'loads') {
      model.load(getLoadTime(options, modelId));
    }
    const id = String(requested.size + 1);
    requested.set(id, isLoaded || drawUnloaded === 'loads' ? model : null);
    return fetch(id);
  }

  function fetch(id: string): EmulatorReply {
    const model = requested.get(id);
    if (model === undefined) return createError(404, `Request not found: ${id}`);
    if (model?.state !== 'loaded') {
      return createJson(200, { status: 'processing', id, eta: 10, output: [] });
    }
    model.use();
    // There is no image: no host under `.invalid` exists.
    const output = [`https://emulator.invalid/${id}.png`];
    return createJson(200, { status: 'success', id, output });
  }

  return { request, fetch };
}
