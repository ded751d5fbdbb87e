import type { TransportRequest } from '../transport/types.ts';
import type { Settings } from '../settings.ts';
import { version } from '../version.ts';

/** The calls of the API that the client makes. */
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

/** Builds one request. The key goes into the body, as the API requires, and nowhere else. */
export function apiRequest(settings: Settings, asked: ApiCall): TransportRequest {
  const path = PATHS[asked.call] + ('id' in asked ? encodePathPart(asked.id) : '');
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

/** Encodes an id that the API named. One with half of a surrogate pair cannot be encoded as it is, and must not throw. */
function encodePathPart(id: string): string {
  return encodeURIComponent(id.replace(/\p{Surrogate}/gu, '\ufffd'));
}
