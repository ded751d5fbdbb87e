import type { EmulatorReply } from '../http/types.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Account } from '../state/account.ts';
import type { Model } from '../state/model.ts';
import { createError, createJson } from './replies.ts';

/** What an image request for an unloaded model is rejected with. The vendor's wording is unknown. */
const REJECTIONS: Partial<
  Record<ResolvedOptions['drawUnloaded'], [status: number, message: string]>
> = {
  error: [200, 'Model is not loaded'],
  'not-found': [404, 'Model not found'],
  loading: [503, 'Model is loading'],
};

/** Images of one account: requested by `text2img`, polled by `fetch`. */
export function createImages({ drawUnloaded, loraOnly }: ResolvedOptions, account: Account) {
  /** Model of each image by its id, or null if the image will never be ready. */
  const requested = new Map<string, Model | null>();

  /** @param loraId the LoRA that is drawn with; `baseId` is then its base model, which is always loaded */
  function request(baseId: string, loraId: string, origin: string): EmulatorReply {
    const modelId = loraId || baseId;
    if (loraId === '' && loraOnly.includes(modelId)) {
      return createError(404, `Model not found: ${modelId}`);
    }
    const model = account.getModel(modelId);
    const isLoaded = model.state === 'loaded';
    const [status, message] = REJECTIONS[drawUnloaded] ?? [];
    if (!isLoaded && status !== undefined) return createError(status, `${message}: ${modelId}`);
    if (model.state === 'unloaded' && drawUnloaded === 'loads') model.load();
    const id = String(requested.size + 1);
    requested.set(id, isLoaded || drawUnloaded === 'loads' ? model : null);
    return fetch(id, origin);
  }

  function fetch(requestId: string, origin: string): EmulatorReply {
    const model = requested.get(requestId);
    if (model === undefined) {
      // Unlike other errors, it has the status `failed`, under HTTP 200.
      const reply = { status: 'failed', id: '', message: 'Request not found', output: '' };
      return createJson(200, reply);
    }
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
