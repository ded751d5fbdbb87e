import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ERROR_SPECS } from '@modelslab-reload/core/engine';
import { describe, expect, test } from 'vitest';
import { runEmulated } from './emulated.ts';
import { readMetadata } from './runner/metadata.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

describe('the bundle', () => {
  const code = read('dist/index.js');

  test('is one file of at most 450 KB, with the licenses of its dependencies', () => {
    expect(readdirSync(new URL('../dist', import.meta.url)).toSorted()).toEqual([
      'index.js',
      'licenses.txt',
      'package.json',
    ]);
    expect(code.length).toBeLessThanOrEqual(450_000);
  });

  test('requires only Node, and contains one HTTP client', () => {
    const needed = [...code.matchAll(/require\([`'"]([^`'"]+)[`'"]\)/g)].map(
      ([, name = '']) => name,
    );
    expect(needed).toContain('node:tls');
    // Some modules are known only with `node:`.
    for (const name of needed)
      if (!name.startsWith('node:')) expect(builtinModules).toContain(name);
    // Of undici only what the core uses, and not the one of @actions/core.
    expect(code).not.toMatch(/EnvHttpProxyAgent|RetryAgent|class FormData/);
    expect(code.match(/llhttp_alloc/g)).toHaveLength(1);
  });

  test('has the licenses of its dependencies next to it', () => {
    const licenses = read('dist/licenses.txt');
    expect(licenses.match(/^\S+ \d+\.\d+\.\d+ \(.+\)$/gm)).toEqual([
      '@actions/core 3.0.1 (MIT)',
      'undici 7.30.2 (MIT)',
    ]);
    expect(licenses.match(/Permission is hereby granted/g)).toHaveLength(2);
  });
});

describe('action.yml', () => {
  const { inputs, outputs, runs } = readMetadata(folder);

  test('runs the bundle on node24', () => {
    expect(runs).toEqual({ using: 'node24', main: 'dist/index.js' });
  });

  test('has a description that the Marketplace accepts', () => {
    expect(/^description: (.+)$/m.exec(read('action.yml'))?.[1]?.length).toBeLessThan(125);
  });

  test('requires only the key', () => {
    const required = Object.entries(inputs).filter(([, input]) => input.required === true);
    expect(required.map(([name]) => name)).toEqual(['api-key']);
    expect(inputs['api-key']?.default).toBeUndefined();
  });

  test('has the outputs that the step writes', async () => {
    const result = await runEmulated({ inputs: { 'model-ids': 'a' } });
    expect(Object.keys(result.outputs)).toEqual(Object.keys(outputs));
  });

  const readme = read('README.md');

  test.each(Object.entries(inputs))(
    'has the input %s and its default in the README',
    (name, input) => {
      const row = new RegExp(`^\\| \`${name}\` +\\| (.*?) +\\|`, 'm').exec(readme)?.[1];
      const shown = { 'api-key': 'required', 'poll-interval': 'a tuned schedule' }[name];
      expect(row).toBe(shown ?? (input.default ? `\`${input.default}\`` : ''));
    },
  );

  test.each(Object.keys(ERROR_SPECS))('has the error code %s in the README', (code) => {
    expect(readme).toMatch(new RegExp(`^\\| \`${code}\` +\\|`, 'm'));
  });

  test.each(Object.keys(outputs))('has the output %s in the README', (name) => {
    expect(readme).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  });
});
