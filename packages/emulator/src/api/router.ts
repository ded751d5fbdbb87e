import type { Body } from '../http/parse-request.ts';
import type { Answer, EmulatorReply } from '../http/types.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Account } from '../state/account.ts';
import { createImages } from './images.ts';
import { createReload } from './reload.ts';
import { createError } from './replies.ts';
import { createModelList } from './trained-models.ts';

export interface Endpoint {
  /** Required fields in addition to the key. Each is a string. */
  readonly required?: readonly string[];
  /** @param origin the origin that the request was sent to */
  answer(body: Body, signal: AbortSignal, origin: string): Answer | Promise<Answer>;
}

/** Creates a function that returns the endpoint of a path, or undefined for an unknown path. */
export function createRouter(options: ResolvedOptions, account: Account) {
  const reload = createReload(options, account);
  const images = createImages(options, account);
  const endpoints: Readonly<Record<string, Endpoint>> = {
    '/api/v6/images/model_reload': {
      required: ['model_id'],
      answer: (body, signal) => reload(String(body['model_id']), signal),
    },
    '/api/v3/finetune_list': { answer: () => createModelList(options) },
    '/api/v6/images/text2img': {
      required: ['model_id', 'prompt'],
      answer: ({ model_id: modelId, lora_model: loraId }, _signal, origin) =>
        images.request(String(modelId), typeof loraId === 'string' ? loraId : '', origin),
    },
    // The older form, which one of the vendor's clients still uses.
    '/api/v6/images/fetch': {
      answer: (body, _signal, origin) => images.fetch(String(body['request_id']), origin),
    },
  };

  return (path: string): Endpoint | undefined => {
    const id = /^\/api\/v6\/images\/fetch\/([^/]+)$/.exec(path)?.[1];
    if (id !== undefined) return { answer: (_body, _signal, origin) => images.fetch(id, origin) };
    return Object.hasOwn(endpoints, path) ? endpoints[path] : undefined;
  };
}

/** Returns the error for missing or mistyped fields in the vendor's words, or null if all are valid. */
export function validateBody({ required = [] }: Endpoint, body: Body): EmulatorReply | null {
  const invalid = required.flatMap((field): [string, string[]][] => {
    const value = body[field] ?? '';
    const name = field.replaceAll('_', ' ');
    if (typeof value !== 'string') return [[field, [`The ${name} must be a string.`]]];
    return value.trim() === '' ? [[field, [`The ${name} field is required.`]]] : [];
  });
  return invalid.length === 0 ? null : createError(400, Object.fromEntries(invalid));
}
