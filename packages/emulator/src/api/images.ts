import type { EmulatorReply } from '../http/types.ts';
import { getLoadTime, type ResolvedOptions } from '../options.ts';
import type { Account } from '../state/account.ts';
import type { Model } from '../state/model.ts';
import { createError, createJson, IMAGE_NOT_FOUND } from './replies.ts';

/** Images of one account: requested by `text2img`, polled by `fetch`. */
export function createImages(options: ResolvedOptions, account: Account) {
  const { drawUnloaded } = options;
  /** Model of each image by its id, or null if the image will never be ready. */
  const requested = new Map<string, Model | null>();

  function request(modelId: string, origin: string): EmulatorReply {
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
    return fetch(id, origin);
  }

  function fetch(requestId: string, origin: string): EmulatorReply {
    const model = requested.get(requestId);
    if (model === undefined) return IMAGE_NOT_FOUND;
    const id = Number(requestId);
    if (model?.state !== 'loaded') {
      // A client that follows this URL sends its key there, so it must point to this server.
      const fetchResult = `${origin}/api/v6/images/fetch/${id}`;
      const reply = { status: 'processing', id, eta: 10, output: [], fetch_result: fetchResult };
      return createJson(200, reply);
    }
    model.use();
    // The image does not exist, because no host under `.invalid` does.
    const output = [`https://emulator.invalid/${id}.png`];
    return createJson(200, { status: 'success', id, output, proxy_links: output });
  }

  return { request, fetch };
}
