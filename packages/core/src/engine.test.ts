import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { version } from './version.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

async function bundle(entry: string) {
  const built = await rolldown({
    input: fileURLToPath(new URL(`../dist/${entry}.js`, import.meta.url)),
    platform: 'neutral',
    resolve: { mainFields: ['main'] },
    external: [/^node:/, /^undici/],
    logLevel: 'silent',
  });
  const { output } = await built.generate({ format: 'esm', comments: false });
  return {
    code: output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('\n'),
    imports: output[0].imports,
  };
}

// Globals that hosts of untrusted code forbid, such as n8n's verification; only the bundle matters.
const FORBIDDEN =
  /\b(?:setTimeout|setInterval|setImmediate|clearTimeout|clearInterval|clearImmediate|process|global|globalThis|__dirname|__filename|console|eval|require)\b(?!['":])/;

test('the bundled engine imports nothing and uses no forbidden global', async () => {
  const { code, imports } = await bundle('engine');
  expect(imports).toEqual([]);
  expect(findForbidden(code)).toEqual([]);
  expect(code).not.toMatch(/undici|zod|node:/);
});

test('the check finds a forbidden global', async () => {
  expect(findForbidden((await bundle('index')).code)).not.toEqual([]);
});

test('the bundled engine is smaller than 130 KB', async () => {
  const { code } = await bundle('engine');
  expect(code.length).toBeLessThan(130_000);
});

test('the version in the code is that of the package', () => {
  expect(version).toBe(JSON.parse(read('../package.json')).version);
});

/** Returns the lines that use a forbidden global. By line, because a quote in a regular expression begins no string. */
function findForbidden(code: string): string[] {
  return code.split('\n').filter((line) => FORBIDDEN.test(withoutStrings(line)));
}

function withoutStrings(line: string): string {
  return line.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''");
}
