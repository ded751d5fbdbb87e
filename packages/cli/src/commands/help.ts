import { CommandError, exitCodeTable } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Options } from '../option-types.ts';
import { listOptions, reloadOptions } from '../options.ts';
import { twoColumns, wrap } from '../output/format.ts';
import { columnsOf } from '../output/terminal.ts';
import { HELP_TOPICS, type HelpTopic } from './table.ts';

/** Maximum width of the pages, and that of a page that is not written to a terminal. */
const MAX_COLUMNS = 100;
const DEFAULT_COLUMNS = 80;

const PAGES: Record<Exclude<HelpTopic, 'emulator'>, (columns: number) => string> = {
  reload: mainHelp,
  list: listHelp,
  completion: completionHelp,
  help: mainHelp,
  'exit-codes': exitCodesHelp,
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
  const { stdout } = process;
  const columns = stdout.isTTY ? Math.min(columnsOf(stdout), MAX_COLUMNS) : DEFAULT_COLUMNS;
  print(PAGES[known](columns));
  return 0;
}

function mainHelp(columns: number): string {
  return `${paragraph("Reload ModelsLab models and wait until the API returns 'success'.", columns)}

Usage:
${twoColumns(
  [
    ['modelslab-reload <model-id...>', 'reload, wait, report'],
    ['modelslab-reload list', 'print the ids of the trained models'],
    ['modelslab-reload emulator', 'run a local emulator of the API'],
    ['modelslab-reload completion <shell>', 'bash | zsh | fish'],
    ['modelslab-reload help <topic>', 'a command, or exit-codes'],
  ],
  columns,
)}

Options:
${optionRows(reloadOptions, columns)}
      --version  -h, --help

${paragraph(
  "--timeout is for each model; its time in line, while the account's queue is full, does not count. " +
    '--until image also generates one small image with the model, which is billed and the only proof that the model ' +
    'works. --record replaces an existing file.',
  columns,
)}

${paragraph(
  'Environment: MODELSLAB_API_KEY (the key), MODELSLAB_BASE_URL, NO_COLOR, FORCE_COLOR, HTTPS_PROXY, HTTP_PROXY, ' +
    'NO_PROXY',
  columns,
)}

Examples:
  modelslab-reload my-model
  modelslab-reload --file models.txt --timeout 20m
  modelslab-reload --all-trained -o json |
    jq -r '.[] | select(.error) | .modelId'
`;
}

function listHelp(columns: number): string {
  return `${paragraph("Print the ids of the account's trained models, one per line.", columns)}
${paragraph('--output json prints an array of { modelId } objects, ndjson one object per line.', columns)}

Usage: modelslab-reload list [options]

Options:
${optionRows(listOptions, columns)}

Example:
  modelslab-reload list | grep portrait | modelslab-reload --file -
`;
}

function completionHelp(columns: number): string {
  return `${paragraph('Print a script that completes commands, options and their values.', columns)}

Usage: modelslab-reload completion <bash | zsh | fish>

bash, in ~/.bashrc:
  source <(modelslab-reload completion bash)
zsh, in ~/.zshrc, after compinit:
  source <(modelslab-reload completion zsh)
fish:
  modelslab-reload completion fish \\
    > ~/.config/fish/completions/modelslab-reload.fish
`;
}

function exitCodesHelp(columns: number): string {
  const table = exitCodeTable().flatMap(([exitCode, meanings]) =>
    meanings.map((meaning, at) => [at === 0 ? String(exitCode) : '', meaning] as const),
  );
  const padded = table.map(([exitCode, meaning]) => [exitCode.padStart(3), meaning] as const);
  return `Exit codes:\n${twoColumns(padded, columns)}\n`;
}

function optionRows(options: Options, columns: number): string {
  const table = Object.entries(options).map(([name, { short, value, summary }]) => {
    const names = `${short === undefined ? '   ' : `-${short},`} --${name}`;
    return [value === undefined ? names : `${names} <${value}>`, summary] as const;
  });
  return twoColumns(table, columns);
}

function paragraph(text: string, columns: number): string {
  return wrap(text, columns).join('\n');
}
