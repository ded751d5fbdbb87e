// Tests n8n's requirements for a verified package, on the built files and with n8n's own linter.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const folder = fileURLToPath(new URL('../', import.meta.url));
const require = createRequire(import.meta.url);
const packageJson = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const built: string[] = [...packageJson.n8n.nodes, ...packageJson.n8n.credentials];

const codeOf = (file: string) => readFileSync(join(folder, file), 'utf8');

describe('The built files', () => {
  test('match this list.', () => {
    const files = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' });

    expect(
      files
        .map((file) => file.replaceAll('\\', '/'))
        .filter((file) => statSync(join(folder, 'dist', file)).isFile())
        .toSorted(),
    ).toEqual([
      'THIRD-PARTY-LICENSES.txt',
      'credentials/ModelsLabReloadApi.credentials.js',
      'nodes/ModelsLabReload/ModelsLabReload.node.js',
      'nodes/ModelsLabReload/ModelsLabReload.node.json',
      'nodes/ModelsLabReload/modelslab-reload.dark.svg',
      'nodes/ModelsLabReload/modelslab-reload.svg',
    ]);
  });

  test.each(built)('%s requires n8n-workflow and nothing else.', (file) => {
    const required = [...codeOf(file).matchAll(/\b(?:require|import)\s*\(\s*["'`]?([^"'`)]*)/g)];

    expect(required.map(([, name]) => name).filter((name) => name !== 'n8n-workflow')).toEqual([]);
    expect(codeOf(file)).not.toMatch(/^\s*import\s/m);
  });

  test('are at most 100 KB together.', () => {
    const bytes = built.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

    expect(bytes).toBeLessThanOrEqual(100 * 1024);
  });

  test.each([
    ['dist/nodes/ModelsLabReload/ModelsLabReload.node.js', 'ModelsLabReload'],
    ['dist/credentials/ModelsLabReloadApi.credentials.js', 'ModelsLabReloadApi'],
  ])('%s exports the class that n8n loads.', (file, name) => {
    const loaded: Record<string, new () => object> = require(join(folder, file));
    const Class = loaded[name];

    expect(Class && new Class()).toBeInstanceOf(Object);
    const icons = JSON.stringify(Class && new Class()).matchAll(/"file:([^"]+)"/g);
    for (const [, icon = ''] of icons) {
      expect(existsSync(join(folder, dirname(file), icon))).toBe(true);
    }
  });
});

// It takes as long as all other tests of this package, and what it finds is rare.
describe.runIf(process.env.TEST_EFFORT === 'full')('The linter of n8n', () => {
  test('reports neither errors nor warnings with the strict config.', () => {
    const cli = join(folder, 'node_modules/@n8n/node-cli/bin/n8n-node.mjs');
    const { NODE_ENV: _, ...env } = process.env;

    const output = execFileSync(process.execPath, [cli, 'lint'], {
      cwd: folder,
      // A plugin of the linter returns other results if NODE_ENV is test.
      env,
      encoding: 'utf8',
    });

    expect(output).toContain('n8n-node lint');
    expect(output).not.toMatch(/\b(?:warning|error|problem)/);
    expect(packageJson.n8n.strict).toBe(true);
  }, 60_000);
});
