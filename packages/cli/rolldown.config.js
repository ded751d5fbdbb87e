import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';
import { bundledLicenses } from '../../scripts/bundled-licenses.mjs';

const bundled = (name) => fileURLToPath(new URL(`src/bundled/${name}.ts`, import.meta.url));

export default defineConfig({
  input: { bin: 'src/bin.ts' },
  platform: 'node',
  preserveEntrySignatures: false,
  resolve: { alias: { undici$: bundled('undici'), 'node:http2': bundled('http2') } },
  output: {
    dir: 'dist',
    // Node starts a CommonJS file some milliseconds sooner than a module.
    format: 'cjs',
    cleanDir: true,
    entryFileNames: '[name].js',
    // Without a hash, so that a file of the package keeps its name from release to release.
    chunkFileNames: '[name].js',
    minify: true,
    codeSplitting: {
      includeDependenciesRecursively: false,
      // Each file costs a start about a millisecond: what is needed together is one.
      groups: [
        {
          name: 'options',
          test: /src[\\/](?:options|commands|exit-code|command-error)\.ts$/,
        },
        {
          name: 'main',
          test: /cli[\\/]src[\\/](?!bin|stdout|version|bundled|emulator|help|completion)|commander|core[\\/]dist|p-limit|yocto-queue/,
        },
      ],
    },
  },
  plugins: [
    bundledLicenses(),
    {
      name: 'executable',
      writeBundle: () => chmodSync('dist/bin.js', 0o755),
    },
    {
      name: 'package-type',
      generateBundle() {
        this.emitFile({
          type: 'asset',
          fileName: 'package.json',
          source: '{ "type": "commonjs" }\n',
        });
      },
    },
  ],
});
