import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { createSingleAttemptClient, readCredential, SINGLE_ATTEMPT } from '../shared/client.ts';
import { toNodeError, toOutcomeError } from '../shared/errors.ts';
import { createTransport } from '../shared/transport.ts';

export const listSearch = {
  /** Lists the account's trained models in the panel. The API returns all of them, so the filter is applied here. */
  async searchModels(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
    const wanted = filter.trim().toLowerCase();
    let apiKey = '';
    try {
      const credential = await readCredential(this);
      ({ apiKey } = credential);
      const transport = createTransport(this, SINGLE_ATTEMPT.requestTimeoutMs);
      const client = createSingleAttemptClient(credential, transport);
      const ids = await client.listTrainedModels();
      const found = ids.filter((id) => id.toLowerCase().includes(wanted));
      return { results: found.map((id) => ({ name: id, value: id })) };
    } catch (error) {
      throw toNodeError(this.getNode(), toOutcomeError(error, apiKey));
    }
  },
};
