// Reads the files of the repository and the imports of its sources, for the tests in this folder.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g;

/** @type {string[] | undefined} */
let paths;

/**
 * Returns the paths of all files that are, or are about to be, committed; with `/` on every system. All tests see the same
 * files.
 */
export function listFiles() {
  if (paths) return [...paths];
  const git = (...args) =>
    execFileSync('git', ['ls-files', ...args], { cwd: root, encoding: 'utf8' });
  const gone = new Set(git('-d').split('\n'));
  paths = git('-co', '--exclude-standard')
    .split('\n')
    .filter((path) => path !== '' && !gone.has(path));
  return [...paths];
}

export function isSource(path) {
  return /\.(?:ts|mts|js|mjs|cjs)$/.test(path);
}

/** Returns whether a file is a test or is in a folder of tests. */
export function isTest(path) {
  return /\.(?:test|e2e)\.\w+$/.test(path) || /(?:^|\/)test\//.test(path);
}

export function read(path) {
  return readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n');
}

/** Returns the imports of a source: paths in the repository, or names of packages. */
export function importsOf(path, text = read(path)) {
  const specifiers = Array.from(text.matchAll(IMPORT), ([, specifier]) => specifier);
  return specifiers.map((specifier) =>
    specifier.startsWith('.') ? posix.join(dirname(path), specifier) : specifier,
  );
}

/** Returns one cycle in a graph as the list of its members, or null. */
export function findCircle(graph) {
  const done = new Set();
  const path = [];
  for (const node of graph.keys()) {
    const circle = visit(node);
    if (circle) return circle;
  }
  return null;

  function visit(node) {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return null;
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const circle = visit(next);
      if (circle) return circle;
    }
    path.pop();
    done.add(node);
    return null;
  }
}
