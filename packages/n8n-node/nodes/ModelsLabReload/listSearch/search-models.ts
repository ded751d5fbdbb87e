import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { createSingleAttemptClient, readCredential, SINGLE_ATTEMPT } from '../shared/client.ts';
import { toNodeError, toOutcomeError } from '../shared/errors.ts';
import { createTransport } from '../shared/transport.ts';

/** Lists the account's trained models in the panel. The API returns all of them, so the filter is applied here. */
export async function searchModels(
  context: ILoadOptionsFunctions,
  filter = '',
): Promise<INodeListSearchResult> {
  const wanted = filter.trim().toLowerCase();
  let apiKey = '';
  try {
    const credential = await readCredential(context);
    ({ apiKey } = credential);
    const transport = createTransport(context, SINGLE_ATTEMPT.requestTimeoutMs);
    const client = createSingleAttemptClient(credential, transport);
    const ids = await client.listTrainedModels();
    return {
      results: ids
        .filter((id) => id.toLowerCase().includes(wanted))
        .map((id) => ({ name: id, value: id })),
    };
  } catch (error) {
    throw toNodeError(context.getNode(), toOutcomeError(error, apiKey));
  }
}
