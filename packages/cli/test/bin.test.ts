import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { bin, cli } from './cli.ts';
import { version } from '../src/version.ts';

const folder = dirname(bin);

const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');

/** Returns the files of the bundle that a run loads. */
async function loadedBy(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const preload = fileURLToPath(new URL('./loaded.cjs', import.meta.url));
  // In quotes, because a path may contain spaces; backslashes are escapes there.
  const NODE_OPTIONS = `--require ${JSON.stringify(preload)}`;
  const { stderr } = await cli(args, { env: { NODE_OPTIONS, ...env } });
  return /^loaded: (.*)$/m.exec(stderr)?.[1]?.split(' ') ?? [];
}

test.each([[['--version']], [['list', '--version']], [['my-model', '--version']]])(
  '%j prints the version',
  async (args) => {
    expect(await cli(args, { env: { MODELSLAB_API_KEY: undefined } })).toMatchObject({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  },
);

test('a run loads undici for its first request, but not the emulator, the help or the completion', async () => {
  const emulator = await start({ port: 0, loaded: ['m'] });
  const env = { MODELSLAB_API_KEY: 'demo-key', MODELSLAB_BASE_URL: emulator.url };
  const files = await loadedBy(['m'], env);
  await emulator.close();
  expect(files).toContain('undici.js');
  expect(files.filter((file) => /emulator|help|completion/.test(file))).toEqual([]);
  // Without a key, it ends before anything is sent.
  expect(await loadedBy(['m'], { MODELSLAB_API_KEY: '' })).not.toContain('undici.js');
  expect(await loadedBy(['--help'])).not.toContain('reload.js');
});

test.each([
  [
    '18.20.8',
    /^modelslab-reload: Node\.js 20\.19 or later is required; this is 18\.20\.8\.\n.*\n$/,
  ],
  ['20.18.3', /Node\.js 20\.19 or later is required/],
  ['20.19.0', /^$/],
  ['22.0.0', /^$/],
])('Node %s: %s on stderr', async (node, stderr) => {
  const preload = fileURLToPath(new URL('./fake-node.cjs', import.meta.url));
  const NODE_OPTIONS = `--require ${JSON.stringify(preload)}`;
  const ran = await cli(['help', 'exit-codes'], { env: { NODE_OPTIONS, FAKE_NODE: node } });
  expect(ran.stderr).toMatch(stderr);
  expect(ran.code).toBe(ran.stderr === '' ? 0 : 1);
});

test('the required Node is that of the package', () => {
  const { engines } = JSON.parse(textOf('../package.json')) as { engines: { node: string } };
  expect(engines.node).toBe('>=20.19');
});

test('zod is not in the bundle', () => {
  const files = readdirSync(folder).filter((file) => /\bzod\b|_zod/i.test(textOf(file)));
  expect(files).toEqual([]);
});

test('the licenses of bundled code are in the package', () => {
  const text = textOf('THIRD-PARTY-LICENSES.txt');
  expect(text).toMatch(/^undici [0-9.]+ \(MIT\)$/m);
});

test('the help of the default command is this text', async () => {
  const { stdout } = await cli(['--help']);
  expect(stdout).toMatchInlineSnapshot(`
    "Reload ModelsLab models and wait until the API returns 'success'.

    Usage:
      modelslab-reload <model-id...>       reload, wait, report
      modelslab-reload list                print the ids of the trained models
      modelslab-reload emulator            run a local emulator of the API
      modelslab-reload completion <shell>  bash | zsh | fish
      modelslab-reload help <topic>        a command, or exit-codes

    Options:
      -f, --file <path>          ids, one per line or as JSON; - is standard input
          --all-trained          all models that \`list\` prints
      -u, --until <what>         accepted | success (default) | image (billed)
          --no-wait              same as --until accepted
          --timeout <duration>   for each model, such as 90s or 1.5h; default 10m
          --concurrency <n>      maximum concurrent requests; default 2
          --poll-interval <d>    fixed interval between requests for a model
          --retries <n>          retries of a failure before acceptance; default 3
          --request-timeout <d>  for one request; default 150s
      -o, --output <format>      text (default) | json (an array) | ndjson (lines)
          --record <file>        write all requests and replies, without the key
          --api-key-file <path>  file with the key; - is standard input
          --base-url <url>       default https://modelslab.com
          --allow-insecure-http  allow http: to another machine
      -q, --quiet                print results only
      -v, --verbose              print each request and each wait
          --no-color             no color
          --version  -h, --help

    --timeout starts with the first request for a model that is not rejected because the
    account's queue is full. --until image also generates one small image with the model,
    which is billed and the only proof that the model works. --record replaces an existing
    file.

    Environment: MODELSLAB_API_KEY (the key), MODELSLAB_BASE_URL, NO_COLOR, FORCE_COLOR,
      HTTPS_PROXY, HTTP_PROXY, NO_PROXY

    Examples:
      modelslab-reload my-model
      modelslab-reload --file models.txt --timeout 20m
      modelslab-reload --all-trained -o json | jq -r '.[] | select(.error) | .modelId'
    "
  `);
});
