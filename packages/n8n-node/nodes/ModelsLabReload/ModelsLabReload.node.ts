import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';

import { credentialTest } from './credential-test.ts';
import { getMany } from './resources/model/get-many.ts';
import { properties } from './properties.ts';
import { reload } from './resources/model/reload.ts';
import { listSearch } from './listSearch/search-models.ts';

/** Reloads models and waits. The core does the work, with n8n's own HTTP helper and timers. */
export class ModelsLabReload implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'ModelsLab Reload',
    name: 'modelsLabReload',
    icon: { light: 'file:modelslab-reload.svg', dark: 'file:modelslab-reload.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: 'Reload ModelsLab models that were unloaded after 7 idle days, and wait for them',
    defaults: { name: 'ModelsLab Reload' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'modelsLabReloadApi', required: true, testedBy: 'testCredential' }],
    properties,
  };

  methods = { credentialTest, listSearch };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const operation = this.getNodeParameter('operation', 0);
    return [operation === 'getMany' ? await getMany(this) : await reload(this)];
  }
}
