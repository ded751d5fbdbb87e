import { describe, expect, test } from 'vitest';
import { parseCommandLine } from './command-line.ts';

/** Splits a line at spaces; `'…'` is one word. */
const words = (line: string) =>
  Array.from(line.matchAll(/'([^']*)'|\S+/g), ([word, quoted]) => quoted ?? word);

describe('the command', () => {
  test.each([
    ['', 'reload', []],
    ['my-model', 'reload', ['my-model']],
    ['reload my-model', 'reload', ['my-model']],
    ['list', 'list', []],
    ['-o json list', 'list', []],
    ['--output=json list', 'list', []],
    ['-ojson list', 'list', []],
    ['-q list', 'list', []],
    ['-f list', 'reload', []],
    ['-qf list', 'reload', []],
    ['--timeout 5m list', 'list', []],
    ['my-model list', 'reload', ['my-model', 'list']],
    ['reload list', 'reload', ['list']],
    ['-- list', 'reload', ['list']],
    ['reload -- --timeout', 'reload', ['--timeout']],
    ['-', 'reload', ['-']],
  ])('of %j is %s, with the operands %j', (line, command, operands) => {
    expect(parseCommandLine(words(line))).toMatchObject({ command, operands });
  });

  test.each([
    ['--help', 'help', ['reload']],
    ['-h', 'help', ['reload']],
    ['list -h', 'help', ['list']],
    ['my-model --help', 'help', ['reload']],
    ['my-model -vh', 'help', ['reload']],
    ['emulator --what --help', 'emulator', ['--what', '--help']],
    ['emulator -- list', 'emulator', ['--', 'list']],
    ['--help emulator', 'help', ['emulator']],
    ['help exit-codes', 'help', ['exit-codes']],
    ['help', 'help', []],
    ['--version', 'version', []],
    ['list --version', 'version', []],
    ['completion zsh', 'completion', ['zsh']],
    ['completion candidates -- list --q', 'completion', ['candidates', 'list', '--q']],
    ['-- --help', 'reload', ['--help']],
  ])('of %s is %s, with the operands %j and without options', (line, command, operands) => {
    expect(parseCommandLine(words(line))).toEqual({ command, flags: {}, operands });
  });
});

describe('the options', () => {
  test.each([
    ['--timeout 90s', { timeout: 90_000 }],
    ['--timeout=1.5h', { timeout: 5_400_000 }],
    ['--timeout 1m --timeout 2m', { timeout: 120_000 }],
    ['-f a.txt -fb.txt --file c.txt', { file: ['a.txt', 'b.txt', 'c.txt'] }],
    ['-f -', { file: ['-'] }],
    ['-qfa.txt', { quiet: true, file: ['a.txt'] }],
    ['-u image --no-wait --no-color', { until: 'image', 'no-wait': true, 'no-color': true }],
    ['--retries 0 --concurrency 5', { retries: 0, concurrency: 5 }],
    [
      '-o ndjson --record r --api-key-file -',
      { output: 'ndjson', record: 'r', 'api-key-file': '-' },
    ],
    ['--base-url=http://x/?a=b', { 'base-url': 'http://x/?a=b' }],
    ['--poll-interval 1s --request-timeout 2s', { 'poll-interval': 1000, 'request-timeout': 2000 }],
    ['--all-trained --allow-insecure-http', { 'all-trained': true, 'allow-insecure-http': true }],
  ])('of reload in %j are %j', (line, flags) => {
    expect(parseCommandLine(words(`m ${line}`))).toEqual({
      command: 'reload',
      flags,
      operands: ['m'],
    });
  });
});

describe('an invalid command line is rejected', () => {
  test.each([
    ['m --api-key zzz', 'cannot be given as an option', 'MODELSLAB_API_KEY'],
    ['m --api-key=zzz', 'cannot be given as an option', '--api-key-file'],
    ['list --api_key=zzz', 'cannot be given as an option', '--api-key-file'],
    ['m --apikey zzz', 'cannot be given as an option', '--api-key-file'],
    ['m --API-KEY=zzz', 'cannot be given as an option', '--api-key-file'],
    ['m -api-key zzz', 'cannot be given as an option', '--api-key-file'],
    ['m --key zzz', 'cannot be given as an option', '--api-key-file'],
    ['list --key zzz', 'cannot be given as an option', '--api-key-file'],
    ['list --key=zzz', 'cannot be given as an option', '--api-key-file'],
    ['m --kee=zzz', 'Unknown option: --kee', '--help'],
    ['m --kee zzz', 'Unknown option: --kee', '--help'],
    ['m -kzzz', 'Unknown option: -k', '--help'],
    ['m -qkzzz', 'Unknown option: -k', '--help'],
    ['m --tiemout 5m', 'Unknown option: --tiemout', 'Did you mean --timeout?'],
    ['m --all', 'Unknown option: --all', '--help'],
    ['m --verison', 'Unknown option: --verison', 'Did you mean --version?'],
    ['m --no-color=zzz', '--no-color does not take a value', ''],
    ['m --timeout', '--timeout needs a value: --timeout <duration>', ''],
    ['m --timeout=', '--timeout needs a value', ''],
    ["m --base-url ''", '--base-url needs a value: --base-url <url>', ''],
    ['m --timeout 10', '--timeout must be a duration', '90s'],
    ['m --poll-interval -1s', '--poll-interval must be a duration', '90s'],
    ['m --concurrency 0', '--concurrency must be a whole number of at least 1', ''],
    ['m --retries -1', '--retries must be a whole number of at least 0', ''],
    ['m --output xml', `--output must be 'text', 'json' or 'ndjson', not "xml"`, ''],
    ['m --until painted', "--until must be 'accepted', 'success' or 'image'", ''],
    ['m -qv', '--quiet and --verbose cannot be combined.', 'Use only one.'],
    ['list --verbose -q', '--quiet and --verbose cannot be combined.', 'Use only one.'],
    ['list m', 'list does not take "m"', 'help list'],
    ['list --timout 3s', 'Unknown option: --timout', 'Did you mean --timeout?'],
    ['list m --tiemout=3s', 'Unknown option: --tiemout', 'Did you mean --timeout?'],
    ['list --all-trained', 'Unknown option: --all-trained', 'option of modelslab-reload reload.'],
    ['list -f ids.txt', 'Unknown option: -f', 'option of modelslab-reload reload.'],
    ['list --until image', 'Unknown option: --until', 'option of modelslab-reload reload.'],
    [
      '-q emulator',
      'Unknown option: -q',
      'option of modelslab-reload reload and modelslab-reload list.',
    ],
    ['help list more', 'help does not take "more"', 'help help'],
    ['help list more --qiet', 'Unknown option: --qiet', '--help'],
    ['completion bash --quiet', 'Unknown option: --quiet', 'option of modelslab-reload reload and'],
    ['completion bash --toString', 'Unknown option: --toString', '--help'],
  ])('%s', (line, message, hint) => {
    const error = errorOf(() => parseCommandLine(words(line)));
    expect(error.message).toContain(message);
    expect(error.hint ?? '').toContain(hint);
    expect(JSON.stringify(error) + error.message).not.toContain('zzz');
  });
});

function errorOf(run: () => unknown): { message: string; hint: string | null } {
  try {
    run();
  } catch (error) {
    return error as { message: string; hint: string | null };
  }
  throw new Error('Nothing was thrown.');
}
