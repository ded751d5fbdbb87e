import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listOnce, readCredential } from '../shared/client.ts';
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
      const ids = await listOnce(credential, (timeoutMs) => createTransport(this, timeoutMs));
      const found = ids.filter((id) => id.toLowerCase().includes(wanted));
      return { results: found.map((id) => ({ name: id, value: id })) };
    } catch (error) {
      throw toNodeError(this.getNode(), toOutcomeError(error, apiKey));
    }
  },
};
