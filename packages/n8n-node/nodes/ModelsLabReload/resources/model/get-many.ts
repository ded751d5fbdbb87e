import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { joinClient, readCredential } from '../../shared/client.ts';
import { toNodeError, toOutcomeError } from '../../shared/errors.ts';

/** Returns the account's trained models, one item per model. They do not depend on the input items. */
export async function getMany(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const pairedItem = context.getInputData().map((_, item) => ({ item }));
  let apiKey = '';
  try {
    const credential = await readCredential(context);
    ({ apiKey } = credential);
    const { client, leave } = joinClient(context, credential);
    const signal = context.getExecutionCancelSignal();
    const ids = await client.listTrainedModels({ signal }).finally(leave);
    return ids.map((modelId) => ({ json: { modelId }, pairedItem }));
  } catch (caught) {
    const error = toOutcomeError(caught, apiKey);
    if (context.continueOnFail()) return [{ json: { error: { ...error } }, pairedItem }];
    throw toNodeError(context.getNode(), error);
  }
}
