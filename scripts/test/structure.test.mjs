// Checks the rules of AGENTS.md about locations, sizes and imports of files.
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCircle, importsOf, isSource, isTest, listFiles, read } from './repository.mjs';

const MAX_LINES = 200;
const MAX_FILES_IN_A_FOLDER = 12;

const CORE = 'packages/core/src/';
/** The layers of the core, lowest first: the vocabulary and the ports, then a folder each, then the client. */
const LAYERS = [
  /^(?:redaction|options)\/|^transport\/types\.ts$|^(?!(?:client|engine|index|web|worker)\.ts$)[\w-]+\.ts$/,
  /^(?:protocol|transport)\//,
  /^state\//,
  /^targets\//,
  /^transitions\//,
  /^drivers\//,
  /^(?:operations|with-model)\//,
  /^[\w-]+\.ts$/,
];

const files = listFiles();
const sources = files.filter((path) => isSource(path) && !isTest(path));
const packageSources = sources.filter((path) =>
  /^packages\/[\w-]+\/(?:src|nodes|credentials)\//.test(path),
);
const graph = new Map(packageSources.map((path) => [path, importsOf(path)]));
const inFolder = (folder) => packageSources.filter((path) => path.startsWith(folder));

describe('AGENTS.md', () => {
  const named = foldersNamedIn(read('AGENTS.md'));
  const folders = [...new Set(files.map((path) => dirname(path)))].flatMap((path) => parents(path));

  test('lists only folders that exist', () => {
    expect(named.filter((pattern) => !folders.some((folder) => matches(pattern, folder)))).toEqual(
      [],
    );
    expect(named.length).toBeGreaterThan(15);
  });

  test('lists every folder with sources', () => {
    const holders = new Set(
      files.filter((path) => isSource(path) && !isConfig(path)).map((path) => dirname(path)),
    );
    const missing = [...holders].filter(
      (folder) => !named.some((pattern) => isCoveredBy(pattern, folder)),
    );
    expect(missing).toEqual([]);
  });
});

test(`no source has more than ${MAX_LINES} lines`, () => {
  const sizes = sources.map((path) => [path, read(path).trimEnd().split('\n').length]);
  const long = sizes.filter(([, lines]) => lines > MAX_LINES);
  expect(
    long.map(([path, lines]) => `${path} has ${lines}: move one idea to another file`),
  ).toEqual([]);
});

describe('tests pass always', () => {
  const tests = files.filter(isTest).map((path) => [path, read(path)]);

  test('no test measures the time that something takes against less than ten seconds', () => {
    const bound =
      /\b(?:performance|Date)\.now\(\) - \w+\)\.toBeLessThan\w*\((?!\d\d+_\d{3}\)|MAX_)/;
    expect(tests.filter(([, text]) => bound.test(text)).map(([path]) => path)).toEqual([]);
    expect(['expect(Date.now() - before)', 'toBeLessThan(900);'].join('.')).toMatch(bound);
  });

  test("no test starts a shell with its user's startup files", () => {
    const start = /\b(?:spawn|exec)\w*\(\s*(?:shell|'(?:bash|zsh|fish)'),\s*\['/;
    expect(tests.filter(([, text]) => start.test(text)).map(([path]) => path)).toEqual([]);
    expect(["spawn('bash', ", "'-c', script])"].join('[')).toMatch(start);
  });

  test('every vitest config has the seeded random numbers and hides the settings of the shell', () => {
    const configs = files.filter((path) => /(?:^|\/)vitest\.config\.mjs$/.test(path));
    const isCommon = (path) => /\/(?:projects|common)\.mjs';/.test(read(path));
    expect(configs.filter((path) => !isCommon(path))).toEqual([]);
    expect(configs.length).toBeGreaterThan(5);
  });
});

test('every package has strict types, and its tests have seeded random numbers and are in test and test:quick', () => {
  const quick = read('scripts/vitest/quick.config.mjs');
  const small = read('scripts/vitest/small.config.mjs');
  const folders = new Set(packageSources.map((path) => path.split('/').slice(0, 2).join('/')));
  const names = ['tsconfig.json', 'vitest.config.mjs', 'README.md'];
  const paths = [...folders].flatMap((folder) => names.map((name) => `${folder}/${name}`));
  expect(paths.filter((path) => !files.includes(path))).toEqual([]);
  const isIn = (config, folder) => config.includes(`${folder}/vitest.config.mjs`);
  expect([...folders].filter((folder) => !isIn(quick, folder))).toEqual([]);
  const hasScript = (folder) => 'test' in JSON.parse(read(`${folder}/package.json`)).scripts;
  expect([...folders].filter((folder) => hasScript(folder) === isIn(small, folder))).toEqual([]);
  expect(folders.size).toBeGreaterThan(5);
});

test('no adapter sends a request itself or knows an address of the API', () => {
  const own = /\bfetch\(|from '(?:undici|(?:node:)?https?)'|\/api\/v\d/;
  const adapters = packageSources.filter(
    (path) => !/^packages\/(?:core|emulator)\//.test(path) && own.test(read(path)),
  );
  expect(adapters).toEqual([]);
  expect("import { request } from 'node:https';").toMatch(own);
});

test('the lockfile has the tools for Linux, macOS and Windows', () => {
  const lock = read('pnpm-lock.yaml');
  const { devDependencies } = JSON.parse(read('package.json'));
  for (const name of [
    `@turbo/darwin-arm64@${devDependencies.turbo}`,
    `@turbo/windows-64@${devDependencies.turbo}`,
    `@oxlint/binding-darwin-arm64@${devDependencies.oxlint}`,
    `@oxlint/binding-win32-x64-msvc@${devDependencies.oxlint}`,
    `@oxfmt/binding-win32-x64-msvc@${devDependencies.oxfmt}`,
  ])
    expect(lock).toContain(`'${name}':`);
});

test(`no folder has more than ${MAX_FILES_IN_A_FOLDER} sources, not counting tests`, () => {
  const counts = new Map();
  for (const path of sources) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  const full = [...counts].filter(([, count]) => count > MAX_FILES_IN_A_FOLDER);
  expect(full.map(([folder, count]) => `${folder}: ${count}`)).toEqual([]);
});

describe('imports', () => {
  test('every relative import has a target file, so that the rules below apply to it', () => {
    const lost = [...graph].flatMap(([path, imports]) =>
      imports
        .filter((target) => target.startsWith('packages/') && !files.includes(target))
        .map((target) => `${path} -> ${target}`),
    );
    expect(lost).toEqual([]);
    expect(graph.size).toBeGreaterThan(80);
  });

  test('in the core point one way: operations, drivers, transitions, targets, state, protocol, transport types', () => {
    const upward = inFolder(CORE).flatMap((path) =>
      graph
        .get(path)
        .filter((target) => target.startsWith(CORE) && layerOf(target) > layerOf(path))
        .map((target) => `${path} -> ${target}`),
    );
    expect(upward).toEqual([]);
  });

  test('in the core each come from a layer', () => {
    expect(inFolder(CORE).filter((path) => layerOf(path) === -1)).toEqual([]);
  });

  test('have no cycle', () => {
    expect(findCircle(graph)).toBeNull();
  });

  test('stay in the package, or use an entry of another one', () => {
    const deep = [...graph].flatMap(([path, imports]) => {
      const own = path.split('/').slice(0, 2).join('/');
      return imports
        .filter((target) =>
          target.startsWith('packages/')
            ? !target.startsWith(`${own}/`)
            : target.startsWith('@modelslab-reload/') && !isEntry(target),
        )
        .map((target) => `${path} -> ${target}`);
    });
    expect(deep).toEqual([]);
  });

  test('of the emulator do not include the core, whose mistakes it would repeat', () => {
    const imports = inFolder('packages/emulator/src/').flatMap((path) => graph.get(path));
    expect(imports.filter((target) => /@modelslab-reload\/|packages\/core/.test(target))).toEqual(
      [],
    );
    const { dependencies = {} } = JSON.parse(read('packages/emulator/package.json'));
    expect(Object.keys(dependencies).filter((name) => name.includes('modelslab'))).toEqual([]);
  });

  test('of the core do not include a host', () => {
    const imports = inFolder(CORE).flatMap((path) => graph.get(path));
    expect(imports.filter((target) => /@actions\/|n8n-|commander/.test(target))).toEqual([]);
  });
});

describe('the checks themselves', () => {
  test('find a cycle and an upward import', () => {
    const circle = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ]);
    expect(findCircle(circle)).toEqual(['b', 'c', 'b']);
    expect(layerOf(`${CORE}transitions/line.ts`)).toBeGreaterThan(
      layerOf(`${CORE}protocol/phrases.ts`),
    );
    expect(layerOf(`${CORE}operations/reload.ts`)).toBeLessThan(layerOf(`${CORE}client.ts`));
  });

  test('read every form of import', () => {
    const text =
      "import a from './a.ts';\nimport './b.ts';\nexport * from '../c.ts';\nawait import('./d.ts');\nimport type {\n  E,\n} from 'e';";
    expect(importsOf('x/y/z.ts', text)).toEqual([
      'x/y/a.ts',
      'x/y/b.ts',
      'x/c.ts',
      'x/y/d.ts',
      'e',
    ]);
  });
});

function layerOf(path) {
  const name = path.slice(CORE.length);
  return LAYERS.findIndex((pattern) => pattern.test(name));
}

/** Returns whether a specifier such as `@modelslab-reload/core/engine` is in its package's `exports`. */
function isEntry(specifier) {
  const [, name, rest] = /^@modelslab-reload\/([\w-]+)(.*)$/.exec(specifier);
  const { exports = {} } = JSON.parse(read(`packages/${name}/package.json`));
  return `.${rest}` in exports;
}

/** Reads the tree in AGENTS.md: names that end in `/` before two spaces, children by indentation. */
function foldersNamedIn(markdown) {
  const [, tree] = /^```\n(packages\/.*?)^```$/ms.exec(markdown);
  const above = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent, names] = /^( *)((?:[\w.*/-]+\/(?:, )?)+)(?= {2}|$)/.exec(line) ?? [];
    if (names === undefined) return [];
    const depth = indent.length / 2;
    const paths = names.split(', ').map((name) => `${above[depth - 1] ?? ''}${name}`);
    above[depth] = paths[0];
    return paths.map((path) => path.slice(0, -1));
  });
}

/** Returns whether a file configures a tool that looks for it at the root of a package. */
function isConfig(path) {
  return /\.config\.\w+$/.test(path);
}

function parents(path) {
  return path === '.' ? [] : [path, ...parents(dirname(path))];
}

function matches(pattern, folder) {
  const [a, b] = [pattern.split('/'), folder.split('/')];
  return a.length === b.length && a.every((part, at) => part === '*' || part === b[at]);
}

/** Returns whether a line covers a folder: by its own name, or inside a folder of tests or of a package's scripts. */
function isCoveredBy(pattern, folder) {
  return parents(folder).some(
    (parent) =>
      matches(pattern, parent) && (parent === folder || /\/(?:test|scripts)$/.test(parent)),
  );
}
