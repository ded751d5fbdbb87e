import type {
  ICredentialsDecrypted,
  ICredentialTestFunctions,
  INodeCredentialTestResult,
} from 'n8n-workflow';

import { listOnce, toClientOptions } from './shared/client.ts';
import { toOutcomeError } from './shared/errors.ts';
import { createTestTransport } from './shared/transport.ts';

export const credentialTest = {
  /** Tests a credential that a user has just entered, by listing the trained models. */
  async testCredential(
    this: ICredentialTestFunctions,
    credential: ICredentialsDecrypted,
  ): Promise<INodeCredentialTestResult> {
    const options = toClientOptions(credential.data ?? {});
    try {
      const ids = await listOnce(options, (timeoutMs) => createTestTransport(this, timeoutMs));
      return { status: 'OK', message: `The API accepted the key. Trained models: ${ids.length}.` };
    } catch (error) {
      const { message, hint } = toOutcomeError(error, options.apiKey ?? '');
      return { status: 'Error', message: `${message.replace(/\.$/, '')}. ${hint}` };
    }
  },
};
