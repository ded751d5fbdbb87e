import type { INodeProperties } from 'n8n-workflow';

const onlyReload = { show: { resource: ['model'], operation: ['reload'] } };

/**
 * The parameters of the panel. Defaults and bounds are the core's, in seconds instead of milliseconds;
 * n8n's linter requires literals, so a test compares them with the core's table.
 */
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
        description: "Get the IDs of the account's own trained models, one item per model",
        action: 'Get many trained models',
      },
      {
        name: 'Reload',
        value: 'reload',
        description: 'Reload a model that was unloaded after 7 idle days, and wait for it',
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
    description: 'The model to reload, one ID per item',
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
    description: 'Condition to wait for',
    displayOptions: onlyReload,
    options: [
      {
        name: 'Accepted',
        value: 'accepted',
        description: "The API accepted the request: it returned 'success' or 'processing'",
      },
      {
        name: 'Image Generated',
        value: 'image',
        description:
          "After 'success', the model generated one small image, the only proof that it works. The image is billed.",
      },
      {
        name: 'Success',
        value: 'success',
        description: "The API returned 'success', which may take a few minutes",
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
          'Maximum number of open requests of all executions with the same credential and options. Waiting models do not occupy a slot. In the smallest plan, everything that uses the account shares a queue of 5.',
      },
      {
        displayName: 'Image Base Model',
        name: 'imageBaseModel',
        type: 'string',
        default: '',
        placeholder: 'e.g. flux',
        description:
          "Base model of a LoRA, for the image of Wait Until. The LoRA's ID is then sent as lora_model.",
      },
      {
        displayName: 'Max Age (Seconds)',
        name: 'maxAge',
        type: 'number',
        typeOptions: { minValue: 0 },
        default: 3600,
        description:
          'Maximum age of a known success that answers without a request. Default: the interval between two requests, or an hour with Retry On Fail.',
      },
      {
        displayName: 'Max Images',
        name: 'maxImages',
        type: 'number',
        typeOptions: { minValue: 0, numberPrecision: 0 },
        default: 10,
        description:
          'Maximum number of image requests that may be billed, of all items of the execution with the same options. The remaining items fail with image_limit. Default: three for each model.',
      },
      {
        displayName: 'Poll Interval (Seconds)',
        name: 'pollInterval',
        type: 'number',
        typeOptions: { minValue: 1 },
        default: 60,
        description:
          'Fixed interval between a reply and the next request for the same model. Default: a schedule for loads of about 2 minutes. The API may reject a repeated request within 30 seconds.',
      },
      {
        displayName: 'Request Timeout (Seconds)',
        name: 'requestTimeout',
        type: 'number',
        typeOptions: { minValue: 1 },
        default: 150,
        description:
          'Maximum time for one request. The API may respond only when the model is loaded.',
      },
      {
        displayName: 'Retries',
        name: 'retries',
        type: 'number',
        typeOptions: { minValue: 0, numberPrecision: 0 },
        default: 3,
        description:
          'Maximum retries of a transient failure before the API accepts the request. Use this instead of Retry On Fail, whose waits are too short for this API.',
      },
      {
        displayName: 'Timeout (Seconds)',
        name: 'timeout',
        type: 'number',
        typeOptions: { minValue: 1 },
        default: 600,
        description:
          'Maximum time for each model. Its time in line, while the queue of the account is full, does not count.',
      },
    ],
  },
];
