import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A ModelsLab account. The node tests it (`credentialTest`), because a declared test could not give every failure a clear message. */
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
        'The API key from your ModelsLab dashboard. It is only sent in the request body.',
    },
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: 'https://modelslab.com',
      placeholder: 'e.g. https://modelslab.com',
      description: 'Base URL of the API. Change it only to use a proxy or an emulator.',
    },
    {
      displayName: 'Allow Insecure HTTP',
      name: 'allowInsecureHttp',
      type: 'boolean',
      default: false,
      description:
        'Whether to allow a base URL with http: to another machine, which sends the API key unencrypted',
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { body: { key: '={{ $credentials.apiKey }}' } },
  };
}
