import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A ModelsLab account. The node tests it (`credentialTest`), since only there every failure gets a clear sentence. */
export class ModelsLabReloadApi implements ICredentialType {
  name = 'modelsLabReloadApi';

  displayName = 'ModelsLab Reload API';

  icon: Icon = {
    light: 'file:../nodes/ModelsLabReload/modelslab-reload.svg',
    dark: 'file:../nodes/ModelsLabReload/modelslab-reload.dark.svg',
  };

  documentationUrl =
    'https://github.com/modelslab-reload/modelslab-reload/tree/main/packages/n8n-node#the-credential';

  properties: INodeProperties[] = [
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      description:
        'The API key from your ModelsLab dashboard. It is sent in the request body only.',
    },
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: 'https://modelslab.com',
      placeholder: 'e.g. https://modelslab.com',
      description: 'Where the API is. Change it only for a proxy or an emulator.',
    },
    {
      displayName: 'Allow Insecure HTTP',
      name: 'allowInsecureHttp',
      type: 'boolean',
      default: false,
      description:
        'Whether a base URL with http: may be another machine, so that the API key is sent unencrypted',
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { body: { key: '={{ $credentials.apiKey }}' } },
  };
}
