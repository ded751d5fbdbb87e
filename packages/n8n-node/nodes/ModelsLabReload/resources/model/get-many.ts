import { createRedactor } from '@modelslab-reload/core/engine';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { joinClient, readCredential, type Account } from '../../shared/client.ts';
import { NO_REDACTION, toNodeError, toOutcomeError } from '../../shared/errors.ts';

/**
 * Returns the account's trained models, one item per model. They do not depend on the input items, so one request is
 * enough.
 */
export async function getMany(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const pairedItem = context.getInputData().map((_, item) => ({ item }));
  let redact = NO_REDACTION;
  try {
    const credential = await readCredential(context);
    redact = createRedactor(credential.apiKey);
    const ids = await listTrainedModels(context, credential);
    return ids.map((modelId) => ({ json: { modelId }, pairedItem }));
  } catch (caught) {
    const error = toOutcomeError(caught, redact);
    if (context.continueOnFail()) return [{ json: { error: { ...error } }, pairedItem }];
    throw toNodeError(context.getNode(), error);
  }
}

async function listTrainedModels(
  context: IExecuteFunctions,
  credential: Account,
): Promise<string[]> {
  const { client, leave } = joinClient(context, credential);
  try {
    return await client.listTrainedModels({ signal: context.getExecutionCancelSignal() });
  } finally {
    leave();
  }
}
