import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runEmulated } from './emulated.ts';
import { readMetadata } from './runner/metadata.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

describe('the bundle', () => {
  const code = read('dist/index.js');

  it('is one file of at most 120 KB, with what it owes beside it', () => {
    expect(readdirSync(new URL('../dist', import.meta.url)).toSorted()).toEqual([
      'index.js',
      'licenses.txt',
      'package.json',
    ]);
    expect(code.length).toBeLessThanOrEqual(120_000);
  });

  it('needs nothing but Node, and brings no HTTP client', () => {
    const needed = [...code.matchAll(/require\([`'"]([^`'"]+)[`'"]\)/g)].map(
      ([, name = '']) => name,
    );
    expect(needed).toContain('node:https');
    for (const name of needed) expect(builtinModules).toContain(name.replace(/^node:/, ''));
    expect(code).not.toMatch(/EnvHttpProxyAgent|RetryAgent|llhttp/);
  });

  it('has the licences of what is in it beside it', () => {
    const licenses = read('dist/licenses.txt');
    for (const name of ['@actions/core', 'p-limit', 'yocto-queue']) {
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'));
    }
    expect(licenses.match(/Permission is hereby granted/g)).toHaveLength(3);
  });
});

describe('action.yml', () => {
  const { inputs, outputs, runs } = readMetadata(folder);

  it('runs the bundle on node24', () => {
    expect(runs).toEqual({ using: 'node24', main: 'dist/index.js' });
  });

  it('has a description that the Marketplace takes', () => {
    expect(/^description: (.+)$/m.exec(read('action.yml'))?.[1]?.length).toBeLessThan(125);
  });

  it('has the inputs and defaults that are promised', () => {
    const defaults = Object.entries(inputs).map(([name, input]) => [name, input.default]);
    expect(Object.fromEntries(defaults)).toEqual({
      'api-key': undefined,
      'model-ids': '',
      'all-trained': 'false',
      until: 'success',
      timeout: '10m',
      'poll-interval': '',
      concurrency: '2',
      retries: '3',
      'request-timeout': '150s',
      'fail-on-error': 'true',
      'base-url': '',
    });
    expect(inputs['api-key']?.required).toBe(true);
  });

  it('has the outputs that the step writes', async () => {
    const result = await runEmulated({ inputs: { 'model-ids': 'a' } });
    expect(Object.keys(result.outputs)).toEqual(Object.keys(outputs));
  });

  it('is told whole in the README', () => {
    const readme = read('README.md');
    for (const name of [...Object.keys(inputs), ...Object.keys(outputs)]) {
      expect(readme).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
    }
  });
});
