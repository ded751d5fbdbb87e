import { defineConfig } from 'rolldown';
import { bundledLicenses } from '../../scripts/bundled-licenses.mjs';

export default defineConfig({
  input: 'src/index.ts',
  platform: 'node',
  // Nothing here needs to run just because it is imported, and @actions/core would bring an HTTP client along.
  treeshake: { moduleSideEffects: false },
  plugins: [
    bundledLicenses('licenses.txt'),
    {
      name: 'package-type',
      generateBundle() {
        // Where the bundle lies, no package.json of another kind above it may decide what it is.
        const source = '{ "type": "commonjs" }\n';
        this.emitFile({ type: 'asset', fileName: 'package.json', source });
      },
    },
  ],
  output: {
    dir: 'dist',
    entryFileNames: 'index.js',
    // Node 24 starts a CommonJS file 15 ms sooner than a module.
    format: 'cjs',
    minify: true,
    codeSplitting: false,
  },
});
