import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { ASKED_ONCE, openClient } from './client.ts';
import { toNodeError, toOutcomeError } from './node-error.ts';

/** The account's trained models for the list in the panel; the API gives them all at once. */
export async function searchModels(
  context: ILoadOptionsFunctions,
  filter = '',
): Promise<INodeListSearchResult> {
  const wanted = filter.trim().toLowerCase();
  try {
    const { modelslab } = await openClient(context, ASKED_ONCE);
    const ids = await modelslab.listTrainedModels();
    return {
      results: ids
        .filter((id) => id.toLowerCase().includes(wanted))
        .map((id) => ({ name: id, value: id })),
    };
  } catch (error) {
    throw toNodeError(context.getNode(), toOutcomeError(error));
  }
}
