import { OPTION_SPECS } from '@modelslab-reload/core/engine';
import { NodeHelpers, type INodeProperties } from 'n8n-workflow';
import { describe, expect, test } from 'vitest';

import codex from '../nodes/ModelsLabReload/ModelsLabReload.node.json' with { type: 'json' };
import { ModelsLabReload } from '../nodes/ModelsLabReload/ModelsLabReload.node.ts';
import { findMissingIcons } from './package-files.mts';

const { description } = new ModelsLabReload();

const shown = (parameters: Record<string, string>) => {
  const node = { ...description.defaults, type: '', typeVersion: 1, id: '', position: [0, 0] };
  return description.properties
    .filter((property) =>
      NodeHelpers.displayParameter(parameters, property, node as never, description),
    )
    .map(({ name }) => name);
};

const optionsOf = (name: string): string[] => {
  const property = description.properties.find((one) => one.name === name);
  return (property?.options ?? []).map((option) =>
    'value' in option ? String(option.value) : option.name,
  );
};

describe('The panel', () => {
  test('shows what each operation needs.', () => {
    const model = { resource: 'model' };

    expect(shown({ ...model, operation: 'getMany' })).toEqual(['resource', 'operation']);
    expect(shown({ ...model, operation: 'reload' })).toEqual([
      'resource',
      'operation',
      'modelId',
      'until',
      'options',
    ]);
  });

  test('has these values, which saved workflows contain.', () => {
    expect(optionsOf('resource')).toEqual(['model']);
    expect(optionsOf('operation')).toEqual(['getMany', 'reload']);
    expect(optionsOf('until').toSorted()).toEqual(['accepted', 'image', 'success']);
    expect(optionsOf('options').toSorted()).toEqual([
      'concurrency',
      'imageBaseModel',
      'maxAge',
      'maxImages',
      'pollInterval',
      'requestTimeout',
      'retries',
      'timeout',
    ]);
  });

  test('takes the model from the list by default, or by its ID.', () => {
    const model = description.properties.find(({ name }) => name === 'modelId');

    expect(model?.default).toEqual({ mode: 'list', value: '' });
    expect(model?.modes?.map(({ name }) => name)).toEqual(['list', 'id']);
  });

  test('has the defaults and the bounds of the core, in seconds.', () => {
    const options = description.properties.find(({ name }) => name === 'options')?.options ?? [];
    const { concurrency, maxImages, maxRetries, requestTimeoutMs, timeoutMs, until } = OPTION_SPECS;

    const found = options.map((option) => [
      option.name,
      'default' in option && option.default,
      'typeOptions' in option && option.typeOptions?.minValue,
    ]);

    expect(found).toEqual([
      ['concurrency', concurrency.default, concurrency.min],
      ['imageBaseModel', '', false],
      ['maxAge', 3600, 0],
      ['maxImages', 10, maxImages.min],
      ['pollInterval', 60, 1],
      ['requestTimeout', requestTimeoutMs.default / 1000, 1],
      ['retries', maxRetries.default, maxRetries.min],
      ['timeout', timeoutMs.default / 1000, 1],
    ]);
    expect(description.properties.find(({ name }) => name === 'until')?.default).toBe(
      until.default,
    );
    expect(optionsOf('until').toSorted()).toEqual([...(until.values ?? [])].toSorted());
  });

  test('has descriptions in plain text.', () => {
    const texts = (properties: INodeProperties[]) =>
      JSON.stringify(properties, (key, value: unknown) => (key === 'displayOptions' ? {} : value));

    expect(texts(description.properties)).not.toMatch(/<[a-z]/i);
  });
});

describe('The node', () => {
  test('has these names.', () => {
    expect(description).toMatchObject({
      name: 'modelsLabReload',
      displayName: 'ModelsLab Reload',
      defaults: { name: 'ModelsLab Reload' },
      group: ['transform'],
      subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
      usableAsTool: true,
      inputs: ['main'],
      outputs: ['main'],
      credentials: [{ name: 'modelsLabReloadApi', required: true, testedBy: 'testCredential' }],
    });
    expect(findMissingIcons(description.icon, '../nodes/ModelsLabReload/')).toEqual([]);
    expect(codex.node).toBe('n8n-nodes-modelslab-reload.modelsLabReload');
  });

  test.each(['modelslab', 'reload', 'warm', 'gpu', 'dreambooth', 'stable diffusion'])(
    'is found by %s.',
    (word) => {
      const words = [description.displayName, ...codex.alias].map((alias) => alias.toLowerCase());

      expect(words.some((alias) => alias.includes(word))).toBe(true);
    },
  );
});
