import { createHash, createHmac } from 'node:crypto';
import type { Subject } from './progress.ts';

/** Returns the name of the queue of one account. It does not reveal the key. */
export function queueName(apiKey: string, baseUrl: string): string {
  const digest = createHmac('sha256', apiKey).update(`${baseUrl}\nfleet 1`).digest('hex');
  return `{modelslab-${digest.slice(0, 16)}}`;
}

/** Returns the id of the job of a model, an image check or the list: a hash, so that any text may be in it. */
export function jobId({ modelId, imagePrompt, imageBaseModel }: Subject): string {
  const subject = JSON.stringify([
    modelId,
    imagePrompt,
    ...(imageBaseModel ? [imageBaseModel] : []),
  ]);
  return `m${createHash('sha256').update(subject).digest('hex').slice(0, 32)}`;
}
