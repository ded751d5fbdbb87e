import type { EmulatorReply, EmulatorRequest } from '../src/index.ts';

export const reloadPath = '/api/v6/images/model_reload';

export function requestOf(path: string, body: unknown): EmulatorRequest {
  return {
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

export function reloadOf(modelId: string, key = 'demo-key'): EmulatorRequest {
  return requestOf(reloadPath, { key, model_id: modelId });
}

/** A reply as a line: `200 processing: Model is reloading`. */
export function lineOf({ status, text }: EmulatorReply): string {
  const body: Record<string, unknown> = JSON.parse(text);
  const { status: word, message, messege } = body;
  const said = message ?? messege;
  return `${status} ${String(word)}: ${typeof said === 'string' ? said : JSON.stringify(said)}`;
}
