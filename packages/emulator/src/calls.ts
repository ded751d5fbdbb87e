import type { Account } from './account.ts';
import type { Answer, EmulatorReply } from './exchange.ts';
import type { Settings } from './options.ts';
import { Pictures } from './pictures.ts';
import { reloadCall } from './reload.ts';
import { json, refusal } from './replies.ts';
import type { Body } from './seen.ts';

/** One call of the API. */
export interface Call {
  /** The fields that must be there, beside the key, as texts. */
  readonly required: readonly string[];
  readonly answer: (body: Body, signal: AbortSignal) => Answer | Promise<Answer>;
}

/** Gives the call that a path stands for, null for a path that the API has not. */
export function createCalls(settings: Settings, account: Account): (path: string) => Call | null {
  const reload = reloadCall(settings, account);
  const pictures = new Pictures(settings, account);

  const calls = new Map<string, Call>([
    [
      '/api/v6/images/model_reload',
      {
        required: ['model_id'],
        answer: (body, signal) => reload(String(body['model_id']), signal),
      },
    ],
    [
      '/api/v3/finetune_list',
      {
        required: [],
        // The misspelling is the vendor's.
        answer: () =>
          json(200, { status: 'success', messege: 'model list', data: settings.models }),
      },
    ],
    [
      '/api/v6/images/text2img',
      {
        required: ['model_id', 'prompt'],
        answer: (body) => pictures.order(String(body['model_id'])),
      },
    ],
  ]);

  return (path) => {
    const id = /^\/api\/v6\/images\/fetch\/([^/]+)$/.exec(path)?.[1];
    if (id !== undefined) return { required: [], answer: () => pictures.fetch(id) };
    return calls.get(path) ?? null;
  };
}

/** The vendor's way of saying which fields are wrong; null where none is. */
export function complaintOf(call: Call, body: Body): EmulatorReply | null {
  const wrong = call.required.flatMap((field): [string, string[]][] => {
    const value = body[field] ?? '';
    const name = field.replaceAll('_', ' ');
    if (typeof value !== 'string') return [[field, [`The ${name} must be a string.`]]];
    return value.trim() === '' ? [[field, [`The ${name} field is required.`]]] : [];
  });
  return wrong.length === 0 ? null : refusal(400, Object.fromEntries(wrong));
}
