import type { TransportRequest } from '../transport/types.ts';
import type { Settings } from '../settings.ts';
import { version } from '../version.ts';

/** The calls of the API that are made here. */
type ApiCall =
  | { call: 'reload'; fields: { model_id: string } }
  | { call: 'listTrainedModels' }
  | { call: 'text2img'; fields: Record<string, string | number> }
  | { call: 'fetch'; id: string };

const PATHS = {
  reload: '/api/v6/images/model_reload',
  listTrainedModels: '/api/v3/finetune_list',
  text2img: '/api/v6/images/text2img',
  fetch: '/api/v6/images/fetch/',
} as const;

/** Builds one request: the key goes into the body, as the API wants it, and nowhere else. */
export function apiRequest(settings: Settings, asked: ApiCall): TransportRequest {
  const path = PATHS[asked.call] + ('id' in asked ? encodeURIComponent(asked.id) : '');
  return {
    method: 'POST',
    url: settings.baseUrl + path,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      'user-agent': settings.userAgent ?? `modelslab-reload/${version}`,
    },
    body: JSON.stringify({ key: settings.apiKey, ...('fields' in asked ? asked.fields : {}) }),
  };
}
