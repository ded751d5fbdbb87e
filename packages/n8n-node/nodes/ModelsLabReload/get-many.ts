import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { openClient } from './client.ts';
import { toNodeError, toOutcomeError } from './node-error.ts';

/** The account's trained models, an item each. They do not depend on the input, so they are asked for once. */
export async function getMany(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const pairedItem = context.getInputData().map((_, item) => ({ item }));
  try {
    const { modelslab } = await openClient(context);
    const ids = await modelslab.listTrainedModels({ signal: context.getExecutionCancelSignal() });
    return ids.map((modelId) => ({ json: { modelId }, pairedItem }));
  } catch (caught) {
    const error = toOutcomeError(caught);
    if (context.continueOnFail()) return [{ json: { error: { ...error } }, pairedItem }];
    throw toNodeError(context.getNode(), error);
  }
}
