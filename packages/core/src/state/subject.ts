import type { Known } from './state.ts';

/** What several processes share: the reload of a model, its check with an image, or the list of trained models. */
export interface Subject {
  /** null for the list. */
  modelId: string | null;
  /** null for a reload. */
  imagePrompt: string | null;
  /** The base model of a LoRA that is checked, else empty. */
  imageBaseModel: string;
}

/** Returns what a target is about. */
export function subjectOf(target: Known): Subject {
  const none = { modelId: null, imagePrompt: null, imageBaseModel: '' };
  if (target.kind === 'list') return none;
  const { modelId } = target;
  if (target.kind === 'reload') return { ...none, modelId };
  return { modelId, imagePrompt: target.prompt, imageBaseModel: target.baseModel };
}
