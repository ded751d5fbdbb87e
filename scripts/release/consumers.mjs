// Uses the installed packages with the tools of other people's projects, as the README of the library describes it.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedTool } from '../cached-tool.mjs';

const TOOLS = {
  'typescript-5.0': 'npm:typescript@5.0.4',
  typescript: '5.9.3',
  jest: '30.5.2',
  'ts-jest': '29.4.15',
  esbuild: '0.28.2',
  webpack: '5.113.0',
};

const readme = readFileSync(new URL('../../packages/core/README.md', import.meta.url), 'utf8');
const [, jestConfig] = /^```ts\n(\/\/ jest\.config\.mjs\n.*?)^```$/ms.exec(readme);

/** The compiler options of each kind of project. */
const PROJECTS = {
  'node10, CommonJS': { module: 'commonjs', moduleResolution: 'node10' },
  'node16, ES modules': { module: 'node16', moduleResolution: 'node16' },
  'bundler, ES modules': { module: 'esnext', moduleResolution: 'bundler' },
};

const PROGRAM = `
const emulator = await start({ port: 0, loadTimeMs: 300 });
const client = createClient({ apiKey: 'demo-key', baseUrl: emulator.url, pollIntervalMs: 200 });
const { status } = await client.reload('my-model').catch((error) => error);
await emulator.close();
`;

/**
 * Tries every tool on a project with installed packages, each in a folder of its own.
 *
 * @param {{ folder: string, run: (command: string[], options?: object) => Promise<string>,
 *   check: (what: string, holds: boolean, seen?: unknown) => void, consumer: string }} options `consumer` is the path of a
 *   strict program
 */
export async function useWithTools({ folder, run, check, consumer }) {
  const modules = cachedTool({ name: 'consumers', megabytes: 150, dependencies: TOOLS });
  const tool = (path) => join(modules, path);
  const node = (path, args, cwd, flags = []) =>
    run([process.execPath, ...flags, tool(path), ...args], { cwd });
  /** Returns a new folder, which finds the packages of the project above it. */
  const create = (name, files) => {
    const path = join(folder, name);
    mkdirSync(path);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    return path;
  };

  for (const version of ['typescript-5.0', 'typescript']) {
    for (const [name, options] of Object.entries(PROJECTS)) {
      const isModule = options.module !== 'commonjs';
      const cwd = create(`${version} ${name}`.replaceAll(/\W+/g, '-'), {
        'package.json': JSON.stringify({ type: isModule ? 'module' : 'commonjs' }),
        'tsconfig.json': JSON.stringify({
          compilerOptions: {
            ...options,
            target: 'es2022',
            lib: ['es2022', 'dom'],
            strict: true,
            exactOptionalPropertyTypes: true,
            noUncheckedIndexedAccess: true,
            skipLibCheck: true,
            noEmit: true,
            types: [],
          },
          files: ['consumer.ts'],
        }),
      });
      cpSync(consumer, join(cwd, 'consumer.ts'));
      const errors = await node(`${version}/lib/tsc.js`, ['-p', '.'], cwd).catch(String);
      check(`${version}, ${name}`, errors === '', errors);
    }
  }

  const tests = (load) => `
    const core = ${load}('@modelslab-reload/core');
    const emulated = ${load}('@modelslab-reload/emulator');
    test('reloads', async () => {
      const { createClient } = await core;
      const { start } = await emulated;
      ${PROGRAM}
      expect(status).toBe('success');
    }, 60_000);`;
  const required = create('jest-require', {
    'package.json': '{}',
    'jest.config.mjs': jestConfig.replace("'ts-jest'", JSON.stringify(tool('ts-jest'))),
    'a.test.js': tests('require'),
  });
  await node('jest/bin/jest.js', ['--rootDir', '.'], required);
  check('Jest with require', true);
  const imported = create('jest-import', { 'package.json': '{}', 'a.test.js': tests('import') });
  await node('jest/bin/jest.js', ['--rootDir', '.'], imported, ['--experimental-vm-modules']);
  check('Jest with import()', true);

  const bundled = create('bundled', {
    'package.json': '{}',
    'app.mjs': `import { createClient } from '@modelslab-reload/core';
      import { start } from '@modelslab-reload/emulator';
      (async () => {${PROGRAM} console.log(status); })();`,
  });
  const esbuild = (format, ...flags) =>
    run(
      [
        tool('.bin/esbuild'),
        'app.mjs',
        '--bundle',
        '--platform=node',
        `--format=${format}`,
        ...flags,
      ],
      { cwd: bundled },
    );
  const banner =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  const bundles = {
    'esbuild.cjs': () => esbuild('cjs', '--outfile=esbuild.cjs'),
    'esbuild-external.mjs': () =>
      esbuild('esm', '--outfile=esbuild-external.mjs', '--external:undici'),
    'esbuild-banner.mjs': () =>
      esbuild('esm', '--outfile=esbuild-banner.mjs', `--banner:js=${banner}`),
    'webpack.cjs': () => run([process.execPath, 'webpack.mjs'], { cwd: bundled }),
  };
  writeFileSync(
    join(bundled, 'webpack.mjs'),
    `import webpack from ${JSON.stringify(tool('webpack/lib/index.js'))};
    webpack(
      { mode: 'production', target: 'node', entry: './app.mjs', output: { path: process.cwd(), filename: 'webpack.cjs' } },
      (error, stats) => {
        if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
      },
    );`,
  );
  for (const [file, bundle] of Object.entries(bundles)) {
    await bundle();
    const printed = await run([process.execPath, file], { cwd: bundled });
    check(`the bundle ${file}`, printed.trim() === 'success', printed);
  }
}
