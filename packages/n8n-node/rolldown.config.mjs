// Each entry becomes one CommonJS file that requires n8n-workflow and nothing else: n8n verifies only packages without
// dependencies. Compressed, but functions and properties keep their names.
import { cp, readdir } from 'node:fs/promises';
import { defineConfig } from 'rolldown';

import { bundledLicenses } from '../../scripts/build/bundled-licenses.mjs';

const NODE = 'nodes/ModelsLabReload';

export default defineConfig([
  bundle(`${NODE}/ModelsLabReload.node`, [
    bundledLicenses(),
    { name: 'copy-unbuilt', writeBundle: copyUnbuilt },
  ]),
  bundle('credentials/ModelsLabReloadApi.credentials'),
]);

function bundle(entry, plugins) {
  return {
    input: `${entry}.ts`,
    platform: 'neutral',
    external: ['n8n-workflow'],
    output: {
      dir: 'dist',
      entryFileNames: `${entry}.js`,
      format: 'cjs',
      comments: false,
      minify: { compress: true, mangle: { toplevel: false }, codegen: true },
    },
    plugins,
  };
}

/** The icons, and the codex that n8n's search uses. */
async function copyUnbuilt() {
  for (const file of await readdir(NODE)) {
    if (/\.(svg|node\.json)$/.test(file)) await cp(`${NODE}/${file}`, `dist/${NODE}/${file}`);
  }
}
