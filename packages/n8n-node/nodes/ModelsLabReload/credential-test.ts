import type {
  ICredentialsDecrypted,
  ICredentialTestFunctions,
  INodeCredentialTestResult,
} from 'n8n-workflow';

import { ASKED_ONCE, clientOf } from './client.ts';
import { toOutcomeError } from './node-error.ts';
import { createTestTransport } from './transport.ts';

/** Asks for the trained models with a credential that somebody just entered. */
export async function testCredential(
  context: ICredentialTestFunctions,
  credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
  try {
    const transport = createTestTransport(context, ASKED_ONCE.requestTimeoutMs);
    const modelslab = clientOf(credential.data ?? {}, transport, ASKED_ONCE);
    const ids = await modelslab.listTrainedModels();
    return { status: 'OK', message: `The API took the key. Trained models: ${ids.length}.` };
  } catch (error) {
    const { message, hint } = toOutcomeError(error);
    return { status: 'Error', message: `${message.replace(/\.$/, '')}. ${hint}` };
  }
}
