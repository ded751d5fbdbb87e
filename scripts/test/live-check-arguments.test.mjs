import { expect, test } from 'vitest';
import { readArgs } from '../live-check/arguments.mjs';

test.each([
  ['an unknown option', ['--until']],
  ['an unknown option before the model', ['--until', 'my-model']],
  ['an unknown option after the model', ['my-model', '-x']],
  ['two models', ['my-model', 'other-model']],
  ['an empty model id', ['']],
  ['a base model without a model', ['--base-model', 'sdxl']],
  ['no base model', ['my-lora', '--base-model']],
  ['an empty base model', ['my-lora', '--base-model=']],
  ['an option as the base model', ['my-lora', '--base-model=-h']],
  ['a base model that is split', ['my-lora', '--base-model', 'sd', 'xl']],
])('%s: not a run', (_title, args) => expect(readArgs(args)).toBeNull());

test.each([
  [['my-model'], { modelId: 'my-model', baseModel: undefined }],
  [['my-lora', '--base-model=sdxl'], { modelId: 'my-lora', baseModel: 'sdxl' }],
])('the ids in %j', (args, ids) => expect(readArgs(args)).toEqual(ids));
