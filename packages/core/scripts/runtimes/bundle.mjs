// Creates bundles as users do for Workers and edge functions.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { cachedTool } from '../../../../scripts/cached-tool.mjs';

const ESBUILD = '0.28.2';
/** Modules that are not bundled: a Worker has the first, but not the second. */
const EXTERNAL = ['cloudflare:*', 'node:*'];
/** The conditions that wrangler sets, and that of Vercel's edge functions. */
export const WORKER = ['workerd', 'worker'];
export const EDGE = ['edge-light'];

/**
 * The bundlers by name. Each returns the code of one file and the modules that it imports; `name` makes it a script that
 * sets this global instead of a module.
 */
export const bundlers = {
  async esbuild(entry, { conditions, name }) {
    const modules = cachedTool({
      name: `esbuild-${ESBUILD}`,
      megabytes: 11,
      dependencies: { esbuild: ESBUILD },
    });
    const { build } = await import(pathToFileURL(join(modules, 'esbuild/lib/main.js')));
    const { outputFiles, metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      conditions,
      external: EXTERNAL,
      format: name === undefined ? 'esm' : 'iife',
      globalName: name,
      target: 'es2022',
    });
    const [{ imports }] = Object.values(metafile.outputs);
    return { code: outputFiles[0].text, imports: imports.map(({ path }) => path) };
  },

  async rolldown(entry, { conditions, name }) {
    const bundle = await rolldown({
      input: entry,
      platform: 'neutral',
      resolve: {
        conditionNames: [...conditions, 'import', 'default'],
        mainFields: ['module', 'main'],
      },
      external: EXTERNAL.map((pattern) => new RegExp(`^${pattern.replace('*', '')}`)),
    });
    const { output } = await bundle.generate({
      format: name === undefined ? 'esm' : 'iife',
      name,
      minify: true,
      codeSplitting: false,
    });
    const [{ code, imports, dynamicImports }] = output;
    return { code, imports: [...imports, ...dynamicImports] };
  },
};

/** Returns the size of a Worker's client in bytes, minified and compressed. */
export async function measureWorkerBundle(bundler) {
  const entry = join(import.meta.dirname, 'client-only.mjs');
  const { code } = await bundlers[bundler](entry, { conditions: WORKER });
  return gzipSync(code, { level: 9 }).length;
}
