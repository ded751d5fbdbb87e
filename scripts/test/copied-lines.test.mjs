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
import { needsShell } from '../vitest/needs.ts';
import { listFiles, read, root } from './repository.mjs';

const SCHEDULE = /^(\d+|\*) (?:\S+ ){4} *(.*)$/;
/** The commands in /usr/bin and /bin; node is not there if a version manager installed it. */
const TOOLS = ['sh', 'env', 'cat', 'flock', 'timeout'];

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

describe('a crontab', () => {
  beforeEach(({ skip }) => skip(process.platform !== 'linux', 'the folders are those of Linux'));

  test('is in the documents', () => expect(crontabs.length).toBeGreaterThan(0));

  test.each(crontabs)(
    'of $path runs under cron, and prints nothing that cron would mail',
    async ({ text }) => {
      const folders = prepareHome();
      const env = { HOME: home, PATH: '/usr/bin:/bin', SHELL: '/bin/sh', LOGNAME: 'me' };
      for (const line of text.split('\n')) {
        const [, name, value] = /^([A-Z]+)=(.*)$/.exec(line) ?? [];
        // The home directory in the documents.
        if (name) env[name] = value.replaceAll('/home/me', home);
        const [, , command] = SCHEDULE.exec(line) ?? [];
        if (!command) continue;
        const before = emulator.requests.length;
        const printed = await runInShell(command.replaceAll('/tmp/', `${home}/`), {
          ...env,
          PATH: env.PATH.split(':')
            .map((folder) => folders[folder] ?? folder)
            .join(':'),
          MODELSLAB_BASE_URL: emulator.url,
        });
        expect(printed).toEqual({ code: 0, output: '' });
        expect(emulator.requests.length).toBeGreaterThan(before);
        expect(readFileSync(join(home, 'reload.log'), 'utf8')).toMatch(/success/);
        if (command.includes('curl')) expect(existsSync(join(home, 'pings'))).toBe(true);
      }
    },
  );
});

test('no schedule is on the hour, so that not everyone sends requests at the same time', () => {
  const minutes = listFiles()
    .filter((path) => /^(?:examples|packages|README|\.github).*\.(?:md|ya?ml|json)$/.test(path))
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

test('the README has such a link', () =>
  expect(links.map(({ path }) => path)).toContain('README.md'));

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
