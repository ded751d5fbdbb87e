import type { TransportRequest } from '../transport/types.ts';
import type { Context } from '../options/context.ts';
import { version } from '../version.ts';

/** The API calls that this package makes. */
export type ApiCall =
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

/** Builds one request: the key goes into the body, as the API requires, and nowhere else. */
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

/** Encodes an id from a reply. An unpaired surrogate cannot be encoded unchanged, but must not throw. */
function encodePathPart(id: string): string {
  return encodeURIComponent(id.replace(/\p{Surrogate}/gu, '\ufffd'));
}
