import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { specialModels } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { bin, cli } from '../test/cli.ts';
import { version } from './version.ts';

const folder = dirname(bin);

const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');

/** What Node loads with a file of the bundle, dynamic imports apart. */
function loadedWith(file: string): string[] {
  const next = [...textOf(file).matchAll(/(?:from|^import|;import) ?["']\.\/([^"']+)["']/gm)];
  return [file, ...next.flatMap(([, name = '']) => loadedWith(name))];
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

test('the version and the help load neither commander nor undici nor the core', () => {
  const loaded = [...loadedWith('bin.js'), ...loadedWith('help-command.js')];
  const bytes = loaded.reduce((sum, file) => sum + readFileSync(join(folder, file)).length, 0);
  expect(bytes).toBeLessThan(25_000);
  const text = loaded.map(textOf).join('');
  expect(text).not.toMatch(/CommanderError|ECONNRESET/);
});

test('a reload loads neither the emulator nor the help; undici comes with the first request', () => {
  const [, main = ''] = /import\(`\.\/(main[^`]*)`\)/.exec(textOf('bin.js')) ?? [];
  const loaded = loadedWith(main);
  expect(loaded.length).toBeGreaterThan(1);
  expect(loaded.filter((file) => /emulator|help|completion|undici/.test(file))).toEqual([]);
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
          --retries <n>          of failures that may pass; default 3
          --request-timeout <d>  for one request; default 150s
      -o, --output <format>      text (default) | json (an array) | ndjson (lines)
          --record <file>        every exchange, without the key: for a bug report
          --api-key-file <path>  a file with the key; - is standard input
          --base-url <url>       where the API is; default https://modelslab.com
          --allow-insecure-http  allow http: to another machine
      -q, --quiet                results only
      -v, --verbose              tell each request
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
