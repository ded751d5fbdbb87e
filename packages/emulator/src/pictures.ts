import type { Account } from './account.ts';
import type { EmulatorReply } from './exchange.ts';
import type { Model } from './model.ts';
import { loadTimeOf, type Settings } from './options.ts';
import { json, refusal } from './replies.ts';

/** The pictures of one account: ordered by `text2img`, asked for by `fetch`. */
export class Pictures {
  readonly #settings: Settings;
  readonly #account: Account;
  /** By id, the model that draws it; null where it is never drawn. */
  readonly #ordered = new Map<string, Model | null>();

  constructor(settings: Settings, account: Account) {
    this.#settings = settings;
    this.#account = account;
  }

  order(modelId: string): EmulatorReply {
    const { drawUnloaded } = this.#settings;
    const model = this.#account.model(modelId);
    const isLoaded = model.state === 'loaded';
    if (!isLoaded && drawUnloaded === 'error') {
      return refusal(200, `Model is not loaded: ${modelId}`);
    }
    if (model.state === 'unloaded' && drawUnloaded === 'loads') {
      model.load(loadTimeOf(this.#settings, modelId));
    }
    const id = String(this.#ordered.size + 1);
    this.#ordered.set(id, isLoaded || drawUnloaded === 'loads' ? model : null);
    return this.fetch(id);
  }

  fetch(id: string): EmulatorReply {
    const model = this.#ordered.get(id);
    if (model === undefined) return refusal(404, `Request not found: ${id}`);
    if (model?.state !== 'loaded') {
      return json(200, { status: 'processing', id, eta: 10, output: [] });
    }
    model.use();
    // There is no picture: nothing ever answers under `.invalid`.
    return json(200, { status: 'success', id, output: [`https://emulator.invalid/${id}.png`] });
  }
}
