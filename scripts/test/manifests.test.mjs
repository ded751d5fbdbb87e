// Checks what the tools of users read in the published packages.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { read, root } from './repository.mjs';

/** The packages that are imported, with their package.json. */
const libraries = readdirSync(join(root, 'packages')).flatMap((name) => {
  const manifest = JSON.parse(read(`packages/${name}/package.json`));
  return manifest.exports === undefined || manifest.private ? [] : [{ name, manifest }];
});

test('the libraries are the packages with exports', () => {
  expect(libraries.map(({ name }) => name)).toEqual(expect.arrayContaining(['core', 'emulator']));
});

test.each(libraries)(
  'the types of $name are found by moduleResolution node10 too',
  ({ manifest: { exports, main, types, typesVersions = {} } }) => {
    const entries = Object.entries(exports).filter(([, target]) => target.types !== undefined);
    for (const [path, target] of entries) {
      const found = path === '.' ? types : typesVersions['*']?.[path.replace('./', '')]?.join();
      expect([path, found]).toEqual([path, target.types]);
    }
    expect(main).toBe(exports['.'].default);
  },
);

test.each(libraries)('$name exports its package.json', ({ manifest: { exports } }) => {
  expect(exports['./package.json']).toBe('./package.json');
});

test.each(libraries)('the declarations of $name name only files that are shipped', ({ name }) => {
  const dist = join(root, 'packages', name, 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.d.ts'),
  );
  expect(files.length).toBeGreaterThan(3);
  const missing = files.flatMap((file) => {
    const text = readFileSync(join(dist, file), 'utf8');
    return Array.from(
      text.matchAll(/(?:from|import\()\s*['"](\.[^'"]*)['"]/g),
      ([, target]) => target,
    )
      .filter((target) => !existsSync(join(dist, dirname(file), target.replace(/\.js$/, '.d.ts'))))
      .map((target) => `${file}: ${target}`);
  });
  expect(missing).toEqual([]);
});
