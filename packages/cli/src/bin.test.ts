import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { specialModels, start } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { bin, cli } from '../test/cli.ts';
import { version } from './version.ts';

const folder = dirname(bin);

const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');

/** The files of the bundle that a run loads. */
async function loadedBy(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const preload = fileURLToPath(new URL('../test/loaded.cjs', import.meta.url));
  // In quotes, since a path may have blanks; backslashes are escapes there.
  const NODE_OPTIONS = `--require ${JSON.stringify(preload)}`;
  const { stderr } = await cli(args, { env: { NODE_OPTIONS, ...env } });
  return /^loaded: (.*)$/m.exec(stderr)?.[1]?.split(' ') ?? [];
}

test.each([[['--version']], [['list', '--version']], [['my-model', '--version']]])(
  '%j prints the version',
  async (args) => {
    expect(await cli(args, { env: { MODELSLAB_API_KEY: undefined } })).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  },
);

test.each([
  [['--version'], ['bin.js', 'rolldown-runtime.js']],
  [['--help'], ['bin.js', 'help-command.js', 'options.js', 'rolldown-runtime.js']],
  // No key: it ends before anything is sent.
  [['m'], ['bin.js', 'main.js', 'options.js', 'rolldown-runtime.js']],
])('%j loads %j', async (args, files) => {
  expect((await loadedBy(args, { MODELSLAB_API_KEY: '' })).toSorted()).toEqual(files);
});

test('undici comes with the first request, and neither the emulator nor the help', async () => {
  const emulator = await start({ port: 0, loaded: ['m'] });
  const env = { MODELSLAB_API_KEY: 'demo-key', MODELSLAB_BASE_URL: emulator.url };
  const files = await loadedBy(['m'], env);
  await emulator.close();
  expect(files).toContain('undici.js');
  expect(files.filter((file) => /emulator|help|completion|dist/.test(file))).toEqual([]);
});

test('zod is not in the bundle', () => {
  const files = readdirSync(folder).filter((file) => /\bzod\b|_zod/i.test(textOf(file)));
  expect(files).toEqual([]);
});

test('the licences of what is bundled go with it', () => {
  const text = textOf('THIRD-PARTY-LICENSES.txt');
  for (const name of ['commander', 'p-limit', 'undici', 'yocto-queue']) {
    expect(text).toMatch(new RegExp(`^${name} [0-9.]+ \\(MIT\\)$`, 'm'));
  }
});

test.each([
  ['--help'],
  ['-h'],
  ['help'],
  ['reload --help'],
  ['list --help'],
  ['help completion'],
  ['help exit-codes'],
])('%s fits on a screen', async (line) => {
  const { code, stdout, stderr } = await cli(line.split(' '), {
    env: { MODELSLAB_API_KEY: undefined },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(45);
});

test('the help of the default command', async () => {
  const { stdout } = await cli(['--help']);
  expect(stdout).toMatchInlineSnapshot(`
    "Reload ModelsLab models, and wait until the API says 'success'.

    Usage:
      modelslab-reload <model-id...>       reload, wait, report
      modelslab-reload list                the account's trained models, an id a line
      modelslab-reload emulator            a local API to try things against
      modelslab-reload completion <shell>  bash | zsh | fish
      modelslab-reload help <topic>        a command, or exit-codes

    Options:
      -f, --file <path>          ids, one a line; # a comment; - standard input
          --all-trained          every model that \`list\` prints
      -u, --until <what>         accepted | success (default) | image (billed)
          --no-wait              the same as --until accepted
          --timeout <duration>   for the whole run, as 90s or 1.5h; default 10m
          --concurrency <n>      requests open at a time; default 2
          --poll-interval <d>    a fixed gap between requests; default: tuned
          --retries <n>          how often a failure that may pass is asked again; default 3
          --request-timeout <d>  for one request; default 150s
      -o, --output <format>      text (default) | json (an array) | ndjson (lines)
          --record <file>        every exchange, without the key: for a bug report
          --api-key-file <path>  a file with the key; - is standard input
          --base-url <url>       where the API is; default https://modelslab.com
          --allow-insecure-http  allow http: to another machine
      -q, --quiet                results only
      -v, --verbose              show each request
          --no-color             no colour
          --version  -h, --help

    --until image has one small picture drawn with the model after 'success': it is billed,
    and the only proof that the model answers. Worth it before a launch, say.

    Environment: MODELSLAB_API_KEY (the key), MODELSLAB_BASE_URL, NO_COLOR, FORCE_COLOR,
      HTTPS_PROXY, HTTP_PROXY, NO_PROXY

    Examples:
      modelslab-reload my-model
      modelslab-reload --file models.txt --timeout 20m
      0 6 * * * modelslab-reload -q -f ~/models.txt --api-key-file ~/.modelslab-key
      modelslab-reload --all-trained -o json | jq -r '.[] | select(.error) | .modelId'
    "
  `);
});

test('the help has the whole table of exit codes', async () => {
  const { stdout } = await cli(['help', 'exit-codes']);
  const codes = [...stdout.matchAll(/^ +(\d+) /gm)].map(([, code]) => Number(code));
  expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 10, 130, 141, 143]);
});

test('help about nothing there is', async () => {
  const { code, stderr } = await cli(['help', 'toString']);
  expect(code).toBe(2);
  expect(stderr).toContain('There is no help about "toString".');
});

test('the help of the emulator names the models with a meaning', async () => {
  const { code, stdout } = await cli(['emulator', '-h']);
  expect(code).toBe(0);
  for (const id of Object.keys(specialModels)) expect(stdout).toContain(`\n  ${id} `);
});
