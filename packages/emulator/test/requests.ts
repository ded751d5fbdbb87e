import type { EmulatorReply, EmulatorRequest } from '../src/index.ts';

export const KEY = 'demo-key';
export const RELOAD_PATH = '/api/v6/images/model_reload';
export const LIST_PATH = '/api/v3/finetune_list';

export function createRequest(path: string, body: unknown): EmulatorRequest {
  return {
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

export function createReloadRequest(modelId: string, key = KEY): EmulatorRequest {
  return createRequest(RELOAD_PATH, { key, model_id: modelId });
}

/** Formats a reply as a line: `200 processing: Model is reloading`. */
export function formatReply({ status, text }: Omit<EmulatorReply, 'headers'>): string {
  const body: Record<string, unknown> = JSON.parse(text);
  const message = body['message'] ?? body['messege'];
  const words = typeof message === 'string' ? message : JSON.stringify(message);
  return `${status} ${String(body['status'])}: ${words}`;
}
