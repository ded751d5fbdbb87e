import type { TransportRequest } from '../transport/types.ts';
import type { Context } from '../context.ts';
import { version } from '../version.ts';

/** The calls of the API that this package makes. */
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
export function createRequest(
  { apiKey, baseUrl, userAgent }: Pick<Context, 'apiKey' | 'baseUrl' | 'userAgent'>,
  call: ApiCall,
): TransportRequest {
  const path = PATHS[call.call] + ('id' in call ? encodePathPart(call.id) : '');
  return {
    method: 'POST',
    url: baseUrl + path,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      'user-agent': userAgent ?? `modelslab-reload/${version}`,
    },
    body: JSON.stringify({ key: apiKey, ...('fields' in call ? call.fields : {}) }),
  };
}

/** Encodes an id that the API named. One with half of a surrogate pair cannot be encoded as it is, and must not throw. */
function encodePathPart(id: string): string {
  return encodeURIComponent(id.replace(/\p{Surrogate}/gu, '\ufffd'));
}
