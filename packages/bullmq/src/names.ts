import type { Subject } from '@modelslab-reload/core/engine';
import { createHash, createHmac } from 'node:crypto';

/** Returns the name of the queue of one account. It does not reveal the key. */
export function queueName(apiKey: string, baseUrl: string): string {
  const digest = createHmac('sha256', apiKey).update(`${baseUrl}\nfleet 1`).digest('hex');
  return `{modelslab-${digest.slice(0, 16)}}`;
}

/** Returns the id of the job of a subject: a hash, so that any text may be in it. */
export function jobId({ modelId, imagePrompt, imageBaseModel }: Subject): string {
  const subject = JSON.stringify([modelId, imagePrompt, imageBaseModel]);
  return `m${createHash('sha256').update(subject).digest('hex').slice(0, 32)}`;
}
