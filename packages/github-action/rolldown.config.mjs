import { defineConfig } from 'rolldown';
import { bundledLicenses } from '../../scripts/build/bundled-licenses.mjs';

export default defineConfig({
  input: 'src/index.ts',
  platform: 'node',
  // No module has side effects at import; otherwise @actions/core would add an HTTP client to the bundle.
  treeshake: { moduleSideEffects: false },
  plugins: [
    bundledLicenses('licenses.txt'),
    {
      name: 'package-type',
      generateBundle() {
        // So that no package.json above the bundle determines its module type.
        const source = '{ "type": "commonjs" }\n';
        this.emitFile({ type: 'asset', fileName: 'package.json', source });
      },
    },
  ],
  output: {
    dir: 'dist',
    entryFileNames: 'index.js',
    // Node 24 starts a CommonJS file 15 ms faster than an ES module.
    format: 'cjs',
    minify: true,
    codeSplitting: false,
  },
});
