import { chmodSync } from 'node:fs';
import { defineConfig } from 'rolldown';
import { bundledLicenses } from '../../scripts/build/bundled-licenses.mjs';

export default defineConfig({
  // The live check writes its record with the second.
  input: { bin: 'src/bin.ts', record: 'src/record/record.ts' },
  platform: 'node',
  preserveEntrySignatures: 'allow-extension',
  output: {
    dir: 'dist',
    cleanDir: true,
    entryFileNames: '[name].js',
    // Without a hash, so that each file has the same name in every release.
    chunkFileNames: '[name].js',
    minify: true,
    // Node starts CommonJS about 15 ms faster than ES modules.
    format: 'cjs',
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
        const source = '{ "type": "commonjs" }\n';
        this.emitFile({ type: 'asset', fileName: 'package.json', source });
      },
    },
  ],
});
