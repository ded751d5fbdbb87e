import type { Context } from '../context.ts';
import type { Time } from '../polling/time.ts';
import { ImageCheck } from './image-check.ts';
import { createMemory } from './memory.ts';
import { Model } from './model.ts';

/** The state of the client's models and image checks. */
export interface Models {
  model(modelId: string): Model;
  imageCheck(modelId: string, prompt: string): ImageCheck;
  /** Records that a call about a model has ended, and evicts the least recently used ones. */
  rest(modelId: string, prompt?: string): void;
}

export function createModels(context: Context, time: Time): Models {
  const models = createMemory<Model>();
  const imageChecks = createMemory<ImageCheck>();
  return {
    model: (modelId) => models.get(modelId, () => new Model(context, time, modelId)),
    imageCheck: (modelId, prompt) =>
      imageChecks.get(
        imageKey(modelId, prompt),
        () => new ImageCheck(context, time, { modelId, prompt }),
      ),
    rest(modelId, prompt) {
      models.rest(modelId, time.now());
      if (prompt !== undefined) imageChecks.rest(imageKey(modelId, prompt), time.now());
    },
  };
}

function imageKey(modelId: string, prompt: string): string {
  return JSON.stringify([modelId, prompt]);
}
