import type { INodeProperties } from 'n8n-workflow';

const onlyReload = { show: { resource: ['model'], operation: ['reload'] } };

/** What the panel asks for; the defaults are the core's. */
export const properties: INodeProperties[] = [
  {
    displayName: 'Resource',
    name: 'resource',
    type: 'options',
    noDataExpression: true,
    options: [{ name: 'Model', value: 'model' }],
    default: 'model',
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: ['model'] } },
    options: [
      {
        name: 'Get Many',
        value: 'getMany',
        description: "Get the IDs of the account's own trained models, an item each",
        action: 'Get many trained models',
      },
      {
        name: 'Reload',
        value: 'reload',
        description: 'Load a model again that was unloaded after 7 idle days, and wait for it',
        action: 'Reload a model and wait for it',
      },
    ],
    default: 'reload',
  },
  {
    displayName: 'Model',
    name: 'modelId',
    type: 'resourceLocator',
    required: true,
    default: { mode: 'list', value: '' },
    description: 'The model to reload',
    displayOptions: onlyReload,
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Select a trained model…',
        typeOptions: { searchListMethod: 'searchModels', searchable: true },
      },
      { displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. my-model' },
    ],
  },
  {
    displayName: 'Wait Until',
    name: 'until',
    type: 'options',
    default: 'success',
    description: 'What ends the operation well',
    displayOptions: onlyReload,
    options: [
      {
        name: 'Accepted',
        value: 'accepted',
        description: "The API took the call: it said 'success' or 'processing'",
      },
      {
        name: 'An Image Is Drawn',
        value: 'image',
        description:
          "After 'success', the model drew one small picture: the only proof that it answers. The picture is billed.",
      },
      {
        name: 'Success',
        value: 'success',
        description: "The API said 'success', which may take some minutes",
      },
    ],
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add Option',
    default: {},
    displayOptions: onlyReload,
    options: [
      {
        displayName: 'Concurrency',
        name: 'concurrency',
        type: 'number',
        typeOptions: { minValue: 1, numberPrecision: 0 },
        default: 2,
        description:
          "How many requests may be open at a time. A model that is being waited for takes no place. The API's queue holds 5 on the smallest plan, for the whole account.",
      },
      {
        displayName: 'Poll Interval (Seconds)',
        name: 'pollInterval',
        type: 'number',
        typeOptions: { minValue: 0 },
        default: 60,
        description:
          'How long to wait from a reply to the next request about the same model. Without this option the gaps fit loads of about 2 minutes. The API may refuse the same request within 30 seconds.',
      },
      {
        displayName: 'Request Timeout (Seconds)',
        name: 'requestTimeout',
        type: 'number',
        typeOptions: { minValue: 0 },
        default: 150,
        description:
          'How long one request may take. The API may answer only when the model is loaded.',
      },
      {
        displayName: 'Retries',
        name: 'retries',
        type: 'number',
        typeOptions: { minValue: 0, numberPrecision: 0 },
        default: 3,
        description:
          'How often a passing failure is asked again before the API has taken the call. Use this in place of Retry On Fail, whose waits are too short for this API.',
      },
      {
        displayName: 'Timeout (Seconds)',
        name: 'timeout',
        type: 'number',
        typeOptions: { minValue: 0 },
        default: 600,
        description: 'How long all the models together may take',
      },
    ],
  },
];
