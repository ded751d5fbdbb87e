// Rehearses a release on a registry on this machine: a clean clone is versioned, built and published by the scripts
// that the release workflow runs; a publish that fails halfway is run again; users install the packages and use them with
// their tools; a second release upgrades them. RELEASING.md lists what only the real registry can test.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { listTarball, run as runCommand } from './command.mjs';
import { useWithTools } from './release/consumers.mjs';
import { checkContents, checkManifest, PUBLISHED } from './release/contents.mjs';
import { startRegistry } from './release/registry.mjs';
import { createProject, MANAGERS, runPrograms, typeCheck } from './release/users.mjs';
import { cloneWorkflow } from './release/workflow.mjs';

/** The package that the registry refuses at first. */
const REFUSED = 'n8n-nodes-modelslab-reload';
/** pnpm sets these for its scripts, such as this one. With them, a fresh clone would not install dependencies. */
const LIKE_A_USER = {
  npm_config_verify_deps_before_run: undefined,
  pnpm_config_verify_deps_before_run: undefined,
};
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'release-'));
const storage = join(folder, 'registry');
const userConfig = join(folder, '.npmrc');
let workflow;
let registry;
let checks = 0;

const startedAt = Date.now();
try {
  workflow = await cloneWorkflow({ root, folder, run, check });
  const first = await workflow.createVersion();
  await publishInTwoGoes(first);
  await checkTarballs(first);
  await useWithNpx(first);
  const projects = await installProjects(first);
  await useWithTools({
    folder: join(folder, 'npm'),
    run: (command, options) => run(command, { cwd: folder, ...options }),
    check,
    consumer: join(root, 'scripts/release/strict-consumer.ts'),
  });

  workflow.addChangeset('The second release of the rehearsal.');
  const second = await workflow.createVersion();
  await publish(await workflow.build());
  for (const [manager, project] of Object.entries(projects)) {
    await project.upgrade();
    check(
      `${manager}: upgraded to ${second}`,
      project.versions().every((v) => v === second),
    );
  }
  console.log(`${checks} passed, 0 failed`);
  console.log(`The rehearsal took ${Math.round((Date.now() - startedAt) / 1000)} s.`);
} finally {
  await registry?.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Checks that the same command, run again after a failure halfway, publishes only the missing packages. */
async function publishInTwoGoes(version) {
  registry = await startRegistry(storage, { refuse: REFUSED });
  const token = await registry.createToken();
  writeFileSync(
    userConfig,
    `registry=${registry.url}\n//127.0.0.1:${registry.port}/:_authToken=${token}\n`,
  );
  const release = await workflow.build();
  const failure = await publish(release).then(
    () => null,
    (error) => error,
  );
  check('a refused publish fails', failure !== null);
  const before = await publishTimes(version);
  check('all others are published', Object.keys(before).length === PUBLISHED.length - 1, before);

  await registry.stop();
  registry = await startRegistry(storage, { port: registry.port });
  for (const go of ['a second', 'a third']) {
    await publish(release);
    const after = await publishTimes(version);
    check(`run ${go} publishes the rest`, Object.keys(after).length === PUBLISHED.length, after);
    const again = Object.keys(before).filter((name) => after[name] !== before[name]);
    check('and none was published twice', again.length === 0, again);
  }
}

/** Returns the publishing time of each package in a version, by name, without unpublished packages. */
async function publishTimes(version) {
  const times = await Promise.all(
    PUBLISHED.map(async (name) => {
      const { name: packageName } = workflow.manifestOf(name);
      const { time } = await fetchJson(packageName);
      return [packageName, time?.[version]];
    }),
  );
  return Object.fromEntries(times.filter(([, time]) => time !== undefined));
}

async function checkTarballs(version) {
  for (const name of PUBLISHED) {
    const { name: packageName } = workflow.manifestOf(name);
    const manifest = (await fetchJson(packageName)).versions[version];
    const response = await fetch(manifest.dist.tarball);
    writeFileSync(join(folder, `${name}.tgz`), Buffer.from(await response.arrayBuffer()));
    const listing = await listTarball(folder, `${name}.tgz`);
    const faults = [
      ...checkContents(
        name,
        listing.map((path) => path.replace(/^package\//, '')),
      ),
      ...checkManifest(manifest),
    ];
    check(
      `${packageName}: ${listing.length} files, all of them intended`,
      faults.length === 0,
      faults,
    );
  }
}

/** Tests the first thing that a user tries: the command runs without an installation. */
async function useWithNpx(version) {
  const env = {
    npm_config_registry: registry.url,
    npm_config_cache: join(folder, 'npx-cache'),
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
    MODELSLAB_API_KEY: 'demo-key',
  };
  const npx = (...args) => run(['npx', '-y', ...args], { cwd: folder, env });
  for (const name of ['modelslab-reload', '@modelslab-reload/emulator'])
    check(`npx: the version of ${name}`, (await npx(name, '--version')).trim() === version);
  const { start } = await import(
    pathToFileURL(join(workflow.clone, 'packages/emulator/dist/index.js'))
  );
  const emulator = await start({ port: 0, loaded: ['a'] });
  try {
    const flags = ['--base-url', emulator.url, '--output', 'json'];
    const printed = await npx('modelslab-reload', 'a', ...flags);
    check('npx: a reload', JSON.parse(printed)[0].status === 'success', printed);
  } finally {
    await emulator.close();
  }
}

async function installProjects(version) {
  const projects = {};
  for (const manager of Object.keys(MANAGERS)) {
    const project = await createProject({
      folder: join(folder, manager),
      manager,
      registry: registry.url,
      run,
    });
    const versions = project.versions();
    check(
      `${manager}: installed`,
      versions.every((v) => v === version),
      versions,
    );
    const errors = await typeCheck(project);
    check(`${manager}: strict types, as ES module and CommonJS`, errors === '', errors);
    const outputs = await runPrograms(project);
    check(
      `${manager}: import and require`,
      outputs.length === 2 && outputs.every((output) => output === 'success change'),
      outputs,
    );
    projects[manager] = project;
  }
  return projects;
}

function publish(release) {
  return workflow.publish(release, {
    NPM_CONFIG_USERCONFIG: userConfig,
    npm_config_registry: registry.url,
  });
}

async function fetchJson(packageName) {
  const response = await fetch(registry.url + packageName.replace('/', '%2f'));
  return response.json();
}

function run(command, { env, ...options } = {}) {
  return runCommand(command, { ...options, env: { ...LIKE_A_USER, ...env } });
}

function check(what, holds, seen) {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(seen)}`);
  checks++;
  console.log(`ok ${what}`);
}
