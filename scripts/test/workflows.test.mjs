// Checks what the jobs of the project's workflows may do, and the version of pnpm that they run.
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { listFiles, read } from './repository.mjs';

const FOLDER = '.github/workflows/';
const { packageManager } = JSON.parse(read('package.json'));
const workflows = listFiles().filter((path) => path.startsWith(FOLDER));
const jobs = workflows.flatMap((path) => {
  const workflow = parse(read(path));
  return Object.entries(workflow.jobs).map(([id, job]) => ({
    name: `${path.slice(FOLDER.length)}: ${id}`,
    permissions: job.permissions ?? workflow.permissions,
    condition: job.if,
    steps: job.steps,
  }));
});
const withWrites = jobs.filter(({ permissions }) => Object.values(permissions).includes('write'));
const runsOf = ({ steps }) => steps.map(({ run = '' }) => run).join('\n');
const usesOf = ({ steps }) => steps.flatMap(({ uses = [] }) => uses);

test('every job states its permissions', () => {
  expect(jobs.filter(({ permissions }) => permissions === undefined)).toEqual([]);
});

describe('a job that may write or get an identity token', () => {
  test('exists, so that the rules below apply to something', () => {
    expect(withWrites.map(({ name }) => name)).toEqual([
      'release.yml: pull-request',
      'release.yml: npm',
      'release.yml: action',
    ]);
  });

  test.each(withWrites)('runs no code of a dependency: $name', (job) => {
    expect(runsOf(job)).not.toMatch(/\b(?:npx|pnpm|yarn)\b|npm (?!publish\b|view\b)|node_modules/);
    expect(usesOf(job).filter((uses) => !uses.startsWith('actions/'))).toEqual([]);
    expect(job.condition).toContain('RELEASES');
  });

  test('imports only what Node has, in each script that it runs', () => {
    const paths = withWrites.flatMap((job) => runsOf(job).match(/[\w./-]+\.mjs/g) ?? []);
    expect(new Set(paths).size).toBe(2);
    expect(paths.flatMap((path) => foreignImports(path))).toEqual([]);
  });
});

test.each(jobs.filter((job) => !withWrites.includes(job) && job.name !== 'ci.yml: gate'))(
  'a job without permissions keeps no token of git: $name',
  ({ steps }) => {
    const checkouts = steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
    expect(checkouts.length).toBeGreaterThan(0);
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  },
);

test('workflows and scripts name the exact version of pnpm', () => {
  const floatingIn = (path, pattern) =>
    Array.from(read(path).matchAll(pattern), ([found]) => found)
      .filter((found) => found !== packageManager)
      .map((found) => `${path}: ${found}`);
  const files = listFiles();
  expect([
    ...[...workflows, '.ci/run'].flatMap((path) => floatingIn(path, /\bpnpm@[\w.]+/g)),
    ...files
      .filter((path) => path.endsWith('.mjs'))
      .flatMap((path) => floatingIn(path, /(?<=')pnpm@[\w.]+(?=')/g)),
  ]).toEqual([]);
});

/** Returns the imports of a script, and of its own modules, that Node does not bring. */
function foreignImports(path) {
  const specifiers = Array.from(read(path).matchAll(/\bfrom '([^']+)'/g), ([, found]) => found);
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith('node:')) return [];
    if (!specifier.startsWith('.')) return [`${path}: ${specifier}`];
    return foreignImports(new URL(specifier, `file:///${path}`).pathname.slice(1));
  });
}
