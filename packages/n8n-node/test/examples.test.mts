// Tests that the workflows to copy match the node, and contain no credential.
import { readdirSync, readFileSync } from 'node:fs';
import type { INodeParameters, INodeProperties, IWorkflowBase } from 'n8n-workflow';
import { describe, expect, test } from 'vitest';

import { ModelsLabReload } from '../nodes/ModelsLabReload/ModelsLabReload.node.ts';

const folder = new URL('../../../examples/n8n/', import.meta.url);
const { properties } = new ModelsLabReload().description;
const ofTools = new Set(['descriptionType', 'toolDescription']);

describe.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  const { nodes, connections }: IWorkflowBase = JSON.parse(text);

  test('sets only parameters of the node, to valid values.', () => {
    const ours = nodes.filter(({ type }) => /\.modelsLabReload(?:Tool)?$/.test(type));

    expect(ours.length).toBeGreaterThan(0);
    for (const { parameters } of ours) expect(unknownIn(parameters)).toEqual([]);
  });

  test('connects nodes that exist.', () => {
    const names = new Set(nodes.map(({ name }) => name));
    const targets = Object.values(connections).flatMap((outputs) =>
      Object.values(outputs).flatMap((lists) => lists.flat()),
    );

    expect(Object.keys(connections).filter((name) => !names.has(name))).toEqual([]);
    expect(targets.filter((target) => !names.has(target?.node ?? ''))).toEqual([]);
  });

  test('contains no credential.', () => {
    expect(text).not.toMatch(/credentials"|apiKey/);
  });
});

test('The daily workflow leaves out a model before the reload.', () => {
  const { nodes, connections }: IWorkflowBase = JSON.parse(
    readFileSync(new URL('keep-models-loaded.json', folder), 'utf8'),
  );
  const before = Object.keys(connections).find((name) =>
    connections[name]?.['main']?.flat().some((target) => target?.node === 'Reload'),
  );
  const filter = nodes.find(({ name }) => name === before);
  expect(filter?.type).toBe('n8n-nodes-base.filter');
  expect(filter?.parameters['conditions']).toMatchObject({
    conditions: [{ leftValue: '={{ $json.modelId }}', operator: { operation: 'notEquals' } }],
  });
});

function unknownIn(parameters: INodeParameters): string[] {
  return Object.entries(parameters)
    .filter(([name]) => !ofTools.has(name))
    .flatMap(([name, value]) => {
      const named = properties.filter((property) => property.name === name);
      return named.some((property) => takes(property, value)) ? [] : [name];
    });
}

function takes({ type, options }: INodeProperties, value: unknown): boolean {
  if (type !== 'options') return true;
  return (options ?? []).some((option) => 'value' in option && option.value === value);
}
