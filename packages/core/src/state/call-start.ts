import type { Until } from '../options.ts';

/** What a driver states about a call when it joins. */
export interface CallStart {
  /** null for the list of trained models. */
  modelId: string | null;
  until?: Until;
  imagePrompt?: string;
  /** The base model of a LoRA, else empty. */
  imageBaseModel?: string;
  maxAgeMs?: number;
  timeoutMs: number;
  startedAt: number;
  startedWall: number;
  /** Whether `timeoutMs` starts with the first request, because the model belongs to a list. */
  isListed?: boolean;
  /** When its list started, the failures that had ended all calls by then, and the list's budget for images. */
  listStartedAt?: number;
  stops?: number;
  budget?: string | null;
  /** Whether only the image is requested, because the model has succeeded. */
  isChecking?: boolean;
  /** Whether it returns instead of waiting, after at most one request. */
  isStep?: boolean;
  hasListener?: boolean;
}
