import type { TransportRequest } from './ports.ts';
import type { Settings } from './settings.ts';
import { version } from './version.ts';

const PATHS = {
  reload: '/api/v6/images/model_reload',
  listTrainedModels: '/api/v3/finetune_list',
} as const;

/** Builds one request: the key goes into the body, as the API wants it, and nowhere else. */
export function apiRequest(
  settings: Settings,
  call: keyof typeof PATHS,
  fields: Record<string, string> = {},
): TransportRequest {
  return {
    method: 'POST',
    url: settings.baseUrl + PATHS[call],
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      'user-agent': settings.userAgent ?? `modelslab-reload/${version}`,
    },
    body: JSON.stringify({ key: settings.apiKey, ...fields }),
  };
}
