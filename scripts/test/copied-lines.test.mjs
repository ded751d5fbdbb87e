// Runs lines that users copy from the documents in their environment: with cron's variables, in an empty home
// directory.
import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { start } from '@modelslab-reload/emulator';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isFull } from '../../packages/core/test/effort.ts';
import { needsShell } from '../vitest/needs.ts';
import { listFiles, read, root } from './repository.mjs';

const SCHEDULE = /^(\d+|\*) (?:\S+ ){4} *(.*)$/;
/** The commands in /usr/bin and /bin; node is not there if a version manager installed it. */
const TOOLS = ['sh', 'env', 'cat', 'flock', 'timeout', 'grep'];

const blocks = listFiles()
  .filter((path) => path.endsWith('.md'))
  .flatMap((path) =>
    Array.from(read(path).matchAll(/^```(?:sh|crontab)\n(.*?)^```$/gms), ([, text]) => ({
      path,
      text,
    })),
  );
const crontabs = blocks.filter(({ text }) => text.split('\n').some((line) => SCHEDULE.test(line)));

let home;
let emulator;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'home-'));
  emulator = await start({ port: 0, models: ['a'], loaded: ['a'] });
});
afterEach(async () => {
  await emulator.close();
  rmSync(home, { recursive: true });
});

/** Creates the home directory of a user who followed the documents, and the folders of a bare machine. */
function prepareHome() {
  const [node, bare] = ['node-bin', 'usr-bin'].map((name) => join(home, name));
  for (const folder of [node, bare, join(home, '.local/bin')])
    mkdirSync(folder, { recursive: true });
  symlinkSync(process.execPath, join(node, 'node'));
  symlinkSync(join(root, 'packages/cli/dist/bin.js'), join(home, '.local/bin/modelslab-reload'));
  for (const tool of TOOLS)
    symlinkSync(
      [`/usr/bin/${tool}`, `/bin/${tool}`].find((path) => existsSync(path)),
      join(bare, tool),
    );
  writeFileSync(join(bare, 'curl'), '#!/bin/sh\necho "$@" >> "$HOME/pings"\n');
  chmodSync(join(bare, 'curl'), 0o755);
  writeFileSync(join(home, '.modelslab-key'), 'demo-key\n');
  writeFileSync(join(home, 'models.txt'), 'a\n');
  return { '/usr/local/bin': node, '/usr/bin': bare, '/bin': bare };
}

/** Creates the environment of a job; `PATH` has only the folders that the document names. */
function jobEnvironment(path) {
  const folders = prepareHome();
  const PATH = path
    .split(':')
    .map((folder) => folders[folder] ?? folder)
    .join(':');
  return { HOME: home, SHELL: '/bin/sh', LOGNAME: 'me', PATH, MODELSLAB_BASE_URL: emulator.url };
}

const inHome = (text) => text.replaceAll('/tmp/', `${home}/`).replaceAll('/home/me', home);
const readPings = () => readFileSync(join(home, 'pings'), 'utf8').match(/(?<=my-check)\S*/g);
const countUnloaded = /^grep -c .*$/m.exec(read('docs/guides/nightly.md'))[0];

/** The model that the recipes leave out. */
const EXCLUDED = 'broken-model';
const NIGHTS = [
  {
    night: 'a night with a loaded model',
    models: ['a'],
    code: 0,
    output: '',
    unloaded: 0,
  },
  {
    night: 'a night with an unloaded model',
    models: ['a', 'b'],
    code: 0,
    output: '',
    unloaded: 1,
  },
  {
    night: 'a night with a model that does not exist',
    models: ['a', 'b', 'not-found'],
    code: 5,
    output: 'modelslab-reload: 1 succeeded, 1 processing, 1 failed; not-found: model_not_found\n',
    unloaded: 1,
  },
];

// The other nights have a loaded model, too, and the last one all three.
describe.each(isFull ? NIGHTS : NIGHTS.slice(1))(
  'in $night',
  ({ models, code, output, unloaded }) => {
    beforeEach(async ({ skip }) => {
      skip(process.platform !== 'linux', 'the folders are those of Linux');
      await emulator.close();
      emulator = await start({ port: 0, models: [EXCLUDED, ...models], loaded: ['a'] });
    });
    const requestsForExcluded = () =>
      emulator.requests.filter(({ modelId }) => modelId === EXCLUDED);

    test.each(crontabs)('the crontab of $path mails failures only', async ({ text }) => {
      const variables = Array.from(text.matchAll(/^([A-Z]+)=(.*)$/gm), ([, name, value]) => [
        name,
        inHome(value),
      ]);
      const env = Object.fromEntries(variables);
      const [command] = text.split('\n').flatMap((line) => SCHEDULE.exec(line)?.[2] ?? []);
      const job = { ...env, ...jobEnvironment(env.PATH) };
      expect(await runInShell(inHome(command), job)).toMatchObject({ output });
      expect(readPings()).toEqual(['/start', `/${code}`]);
      expect((await runInShell(countUnloaded, job)).output).toBe(`${unloaded}\n`);
      expect(requestsForExcluded()).toEqual([]);
    });

    const hasAll = models.length === 3;
    test.runIf(isFull || hasAll)(
      'the service of systemd fails if a model fails, and keeps the outcomes',
      async () => {
        const units = read('docs/guides/nightly.md');
        const [, path] = /^Environment=PATH=(.*)$/m.exec(units);
        const [, command] = /^ExecStart=\/bin\/sh -c '(.*)'$/m.exec(units);
        const job = jobEnvironment(path.replaceAll('%h', home));
        const ran = await runInShell(command, job);
        expect(ran).toEqual({ code, output });
        expect((await runInShell(countUnloaded, job)).output).toBe(`${unloaded}\n`);
        expect(requestsForExcluded()).toEqual([]);
        // The names of the units are consistent.
        expect(units).toContain('# modelslab-reload-failed.service');
        expect(units).toMatch(/^OnFailure=modelslab-reload-failed\.service$/m);
      },
    );

    test.runIf(isFull || hasAll)(
      'the command of the CronJob prints the outcomes, and its exit code is that of the run',
      async () => {
        const [, manifest] = /^```yaml\n(apiVersion: batch.*?)^```$/ms.exec(
          read('docs/guides/nightly.md'),
        );
        const { spec } = parse(manifest).spec.jobTemplate;
        const [{ args }] = spec.template.spec.containers;
        const [, command] = /^exec (.*)$/m.exec(args[0]);
        const env = { ...jobEnvironment('/usr/local/bin:/usr/bin'), MODELSLAB_API_KEY: 'demo-key' };
        const ran = await runInShell(command, env);
        expect(ran.code).toBe(code);
        expect(ran.output.match(/^\{"modelId":/gm)).toHaveLength(models.length);
        expect(requestsForExcluded()).toEqual([]);
      },
    );
  },
);

test('each job that keeps models loaded may run as long as docs/nightly.md says', () => {
  const [, minutes] = /`timeout-minutes: (\d+)`/.exec(read('docs/nightly.md'));
  for (const path of [
    'examples/github/keep-models-loaded.yml',
    'packages/github-action/README.md',
  ]) {
    const [job, limit] = /schedule:.*?timeout-minutes: (\d+).*?until: accepted/s.exec(read(path));
    expect(limit).toBe(minutes);
    // One model that cannot be reloaded would fail it every night.
    expect(job).toContain('exclude-model-ids: ');
  }
  const guide = read('docs/guides/nightly.md');
  expect(guide).toContain(`timeout ${minutes / 60}h `);
  expect(guide).toContain(`TimeoutStartSec=${minutes / 60}h`);
  expect(guide).toContain(`activeDeadlineSeconds: ${minutes * 60} `);
});

test('no schedule is on the hour, so that not everyone sends requests at the same time', () => {
  const minutes = listFiles()
    .filter((path) =>
      /^(?:docs|examples|packages|README|\.github).*\.(?:md|ya?ml|json)$/.test(path),
    )
    .map((path) => [path, minutesIn(read(path))]);
  expect(minutes.flatMap(([, inFile]) => inFile).length).toBeGreaterThan(3);
  const common = minutes.filter(([, inFile]) => inFile.some((minute) => minute % 5 === 0));
  expect(common).toEqual([]);
});

const links = blocks.flatMap(({ path, text }) =>
  Array.from(text.matchAll(/^mkdir -p .*ln -s.*$/gm), ([line]) => ({ path, line })),
);

test.for(links)('the link of $path works in an empty home directory', async ({ line }, context) => {
  needsShell(context);
  const env = { ...process.env, HOME: home };
  expect(await runInShell(line, env)).toEqual({ code: 0, output: '' });
  const { stdout } = await promisify(execFile)(join(home, '.local/bin/modelslab-reload'), [
    '--version',
  ]);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  // Once again, as after a new clone.
  expect(await runInShell(line, env)).toEqual({ code: 0, output: '' });
});

test('the guide of the installation and the README of the command line have such a link', () =>
  expect(links.map(({ path }) => path).toSorted()).toEqual([
    'docs/guides/install.md',
    'packages/cli/README.md',
  ]));

/** Returns the minutes of all schedules in a string: cron's, GitHub's, Kubernetes' and n8n's. */
function minutesIn(text) {
  return [
    /(?:cron|schedule): ["'](\d+) /g,
    /^(\d+) (?:[\d*]+ ){4}/gm,
    /"triggerAtHour": \d+(?:,\s*"triggerAtMinute": (\d+))?/g,
  ].flatMap((schedule) => Array.from(text.matchAll(schedule), ([, minute]) => Number(minute ?? 0)));
}

function runInShell(command, env) {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], { cwd: root, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => (output += text));
    child.on('close', (code) => resolve({ code, output }));
  });
}
