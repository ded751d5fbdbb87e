import { NodeOperationError } from 'n8n-workflow';
import { describe, expect, test } from 'vitest';

import { fakeN8n } from './fake-n8n.ts';
import { run } from './run-node.ts';

describe('The key', () => {
  test.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)(
    'is redacted with %s, even if the API echoes it in every encoding.',
    async (onError) => {
      const n8n = fakeN8n({
        parameters: [{ modelId: 'echoes-key', options: { retries: 0 } }],
        onError,
      });

      const result: unknown = await run(n8n).catch((error: unknown) => error);

      const shown = JSON.stringify(result) + JSON.stringify(describeAll(result));
      expect(shown).toContain('[redacted]');
      for (const encoded of [n8n.key, encodeURIComponent(n8n.key), btoa(n8n.key)]) {
        expect(shown).not.toContain(encoded);
      }
    },
  );

  test.each([
    ['alone', (key: string) => key],
    ['in a list', (key: string) => ['a', key]],
    ['in an object', (key: string) => ({ key })],
    ['in quotes', (key: string) => `'${key}'`],
    ['in a comma list', (key: string) => `a,${key}`],
  ])('is not shown if a user passes it as the model, %s.', async (_, toValue) => {
    const n8n = fakeN8n({ onError: 'continueRegularOutput' });
    const withKey = fakeN8n({
      sameAccountAs: n8n,
      parameters: [{ modelId: toValue(n8n.key) }],
      onError: 'continueRegularOutput',
    });

    const items = await run(withKey);

    expect(items).toMatchObject([{ json: { error: { code: 'invalid_argument' } } }]);
    const shown = JSON.stringify(items);
    for (const encoded of [n8n.key, JSON.stringify(n8n.key).slice(1, -1), '+1&2']) {
      expect(shown).not.toContain(encoded);
    }
    expect(n8n.emulator.requests).toEqual([]);
  });
});

test.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)(
  'The key is not shown with %s if n8n quotes it in an error of its own.',
  async (onError) => {
    const n8n = fakeN8n();
    const thrown = new NodeOperationError(n8n.node, `No such field: {{ ${n8n.key}.foo }}`, {
      description: `Check {{ ${btoa(n8n.key)} }}`,
    });
    const failing = fakeN8n({
      sameAccountAs: n8n,
      parameters: [{ modelId: thrown }] as never[],
      onError,
    });

    const result: unknown = await run(failing).catch((error: unknown) => error);

    const shown = JSON.stringify(result) + JSON.stringify(describeAll(result));
    expect(shown).toContain('No such field: {{ [redacted].foo }}');
    for (const encoded of [n8n.key, btoa(n8n.key)]) expect(shown).not.toContain(encoded);
  },
);

test.each([
  ['until', (key: string) => ({ until: key })],
  ['an option', (key: string) => ({ options: { retries: key } })],
  ['a duration', (key: string) => ({ options: { timeout: `${key}s` } })],
  ['a duration, in a list', (key: string) => ({ options: { timeout: [key] } })],
  ['a duration, in an object', (key: string) => ({ options: { maxAge: { key } } })],
])('The key is not shown if a user passes it as %s.', async (_, toParameters) => {
  const n8n = fakeN8n();
  const withKey = fakeN8n({
    sameAccountAs: n8n,
    parameters: [{ modelId: 'my-model', ...toParameters(n8n.key) }],
  });

  const error: unknown = await run(withKey).catch((caught: unknown) => caught);

  expect(error).toMatchObject({ message: expect.stringContaining('[redacted]') });
  expect(JSON.stringify(describeAll(error))).not.toContain('+1&2');
});

test.each([
  ['until', (key: string) => ({ until: [key] })],
  ['an option', (key: string) => ({ options: { retries: { key } } })],
])('An object with the key is not shown if a user passes it as %s.', async (_, toParameters) => {
  const n8n = fakeN8n();
  const withKey = fakeN8n({
    sameAccountAs: n8n,
    parameters: [{ modelId: 'my-model', ...toParameters(n8n.key) }],
  });

  const error: unknown = await run(withKey).catch((caught: unknown) => caught);

  expect(error).toMatchObject({ message: expect.stringContaining(', not an object.') });
  expect(JSON.stringify(describeAll(error))).not.toContain('+1&2');
});

/** Returns everything in an error, including what JSON omits. */
function describeAll(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const own = Object.getOwnPropertyNames(value).map((name) => [name, Reflect.get(value, name)]);
  return { ...Object.fromEntries(own), cause: describeAll(value.cause) };
}
