import { CommandError, exitCodeTable } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Options } from '../option-types.ts';
import { listOptions, reloadOptions } from '../options.ts';
import { twoColumns, wrap } from '../output/format.ts';
import { columnsOf } from '../output/terminal.ts';
import { HELP_TOPICS, type HelpTopic } from './table.ts';

const MAX_COLUMNS = 100;

type Row = readonly [first: string, second: string];

/** A paragraph, which is wrapped between words; a table of two columns; or lines that can be copied as they are. */
type Part = string | { rows: readonly Row[] } | { lines: string };

const MAIN: readonly Part[] = [
  "Reload ModelsLab models and wait until the API returns 'success'.",
  '',
  'Usage:',
  {
    rows: [
      ['modelslab-reload <model-id...>', 'reload, wait, report'],
      ['modelslab-reload list', 'print the ids of the trained models'],
      ['modelslab-reload emulator', 'run a local emulator of the API'],
      ['modelslab-reload completion <shell>', 'bash | zsh | fish'],
      ['modelslab-reload help <topic>', 'a command, or exit-codes'],
    ],
  },
  '',
  'Options:',
  { rows: optionRows(reloadOptions) },
  { lines: '      --version  -h, --help' },
  '',
  "--timeout is for each model; its time in line, while the account's queue is full, does not count. " +
    '--until image also generates one small image with the model, which is billed and the only proof that the model ' +
    'works. --record replaces an existing file.',
  '',
  'Environment: MODELSLAB_API_KEY (the key), MODELSLAB_BASE_URL, NO_COLOR, FORCE_COLOR, HTTPS_PROXY, HTTP_PROXY, ' +
    'NO_PROXY',
  '',
  {
    lines: `Examples:
  modelslab-reload my-model
  modelslab-reload --file models.txt --timeout 20m
  modelslab-reload --all-trained -o json |
    jq -r '.[] | select(.error) | .modelId'`,
  },
];

const PAGES: Record<Exclude<HelpTopic, 'emulator'>, readonly Part[]> = {
  reload: MAIN,
  list: [
    "Print the ids of the account's trained models, one per line.",
    '--output json prints an array of { modelId } objects, ndjson one object per line.',
    { lines: '\nUsage: modelslab-reload list [options]\n\nOptions:' },
    { rows: optionRows(listOptions) },
    { lines: '\nExample:\n  modelslab-reload list | grep portrait | modelslab-reload --file -' },
  ],
  completion: [
    'Print a script that completes commands, options and their values.',
    {
      lines: `
Usage: modelslab-reload completion <bash | zsh | fish>

bash, in ~/.bashrc:
  source <(modelslab-reload completion bash)
zsh, in ~/.zshrc, after compinit:
  source <(modelslab-reload completion zsh)
fish:
  modelslab-reload completion fish \\
    > ~/.config/fish/completions/modelslab-reload.fish`,
    },
  ],
  help: MAIN,
  'exit-codes': [
    'Exit codes:',
    {
      rows: exitCodeTable().flatMap(([exitCode, meanings]) =>
        meanings.map((meaning, at): Row => [(at === 0 ? `${exitCode}` : '').padStart(3), meaning]),
      ),
    },
  ],
};

/** `modelslab-reload help [topic]`, and `--help` with any command. */
export async function help(io: Io, topic = 'reload'): Promise<number> {
  const { print, process } = io;
  const known = HELP_TOPICS.find((name) => name === topic);
  if (known === undefined) {
    throw new CommandError(
      `Unknown help topic: ${JSON.stringify(topic)}.`,
      `Topics: ${HELP_TOPICS.join(', ')}.`,
    );
  }
  if (known === 'emulator') return (await import('./emulator.ts')).emulator(io, ['--help']);
  const columns = Math.min(columnsOf(process.stdout), MAX_COLUMNS);
  print(`${PAGES[known].map((part) => format(part, columns)).join('\n')}\n`);
  return 0;
}

function format(part: Part, columns: number): string {
  if (typeof part === 'string') return wrap(part, columns).join('\n');
  return 'rows' in part ? twoColumns(part.rows, columns) : part.lines;
}

function optionRows(options: Options): Row[] {
  return Object.entries(options).map(([name, { short, value, summary }]) => {
    const names = `${short === undefined ? '   ' : `-${short},`} --${name}`;
    return [value === undefined ? names : `${names} <${value}>`, summary];
  });
}
