import { emulatorOptions } from '../emulator-options.ts';
import { CommandError, exitCodeTable } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Options } from '../option-types.ts';
import { listOptions, reloadOptions } from '../options.ts';
import { wrap } from '../output/format.ts';
import { HELP_TOPICS, type HelpTopic } from './table.ts';

/** Maximum width of the pages. */
const MAX_COLUMNS = 100;

const PAGES: Record<HelpTopic, () => string | Promise<string>> = {
  reload: mainHelp,
  list: listHelp,
  emulator: emulatorHelp,
  completion: completionHelp,
  help: mainHelp,
  'exit-codes': exitCodesHelp,
};

/** `modelslab-reload help [topic]`, and `--help` with any command. */
export async function help({ print }: Pick<Io, 'print'>, topic: string): Promise<number> {
  const known = HELP_TOPICS.find((name) => name === topic);
  if (known === undefined) {
    throw new CommandError(
      `Unknown help topic: ${JSON.stringify(topic)}.`,
      `Topics: ${HELP_TOPICS.join(', ')}.`,
    );
  }
  print(await PAGES[known]());
  return 0;
}

function mainHelp(): string {
  return `Reload ModelsLab models and wait until the API returns 'success'.

Usage:
  modelslab-reload <model-id...>       reload, wait, report
  modelslab-reload list                print the ids of the trained models
  modelslab-reload emulator            run a local emulator of the API
  modelslab-reload completion <shell>  bash | zsh | fish
  modelslab-reload help <topic>        a command, or exit-codes

Options:
${optionLines(reloadOptions)}
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
`;
}

function listHelp(): string {
  return `Print the ids of the account's trained models, one per line.
--output json prints an array of { modelId } objects, ndjson one object per line.

Usage: modelslab-reload list [options]

Options:
${optionLines(listOptions)}

Example:
  modelslab-reload list | grep portrait | modelslab-reload --file -
`;
}

async function emulatorHelp(): Promise<string> {
  const { specialModels } = await import('@modelslab-reload/emulator');
  const width = Math.max(...Object.keys(specialModels).map((id) => id.length));
  const ids = Object.entries(specialModels).map(([id, what]) => `  ${id.padEnd(width)}  ${what}`);
  return `Run a local server that simulates the ModelsLab API, until Ctrl-C.
Its URL is written to stdout, a log of the requests to stderr.

Usage: modelslab-reload emulator [options]

Options:
${optionLines(emulatorOptions)}

Each open question about the real API is an option:
  --success        'success' is returned when the model is loaded; or immediately, while the model
                   loads; or when it is loaded, with the request open until then
  --repeat         a request while a model loads has no effect; or is rejected as spam within
                   --spam-window; or restarts the load
  --queue          open requests fill the queue; or loading models as well
  --draw-unloaded  an image request for an unloaded model is rejected; or is accepted, but the
                   image is never ready; or loads the model

Any other model id is a model that is unloaded at first. These have a special behavior:
${ids.join('\n')}

Example:
  modelslab-reload emulator --load-time 10s
  MODELSLAB_API_KEY=demo-key modelslab-reload --base-url http://127.0.0.1:8787 --poll-interval 3s my-model
`;
}

function completionHelp(): string {
  return `Print a script that completes commands, options and their values.

Usage: modelslab-reload completion <bash | zsh | fish>

  bash  in ~/.bashrc:  source <(modelslab-reload completion bash)
  zsh   in ~/.zshrc, after compinit:  source <(modelslab-reload completion zsh)
  fish  modelslab-reload completion fish > ~/.config/fish/completions/modelslab-reload.fish
`;
}

function exitCodesHelp(): string {
  const lines = exitCodeTable().flatMap(([exitCode, meanings]) =>
    meanings
      .flatMap((meaning) => wrap(meaning, MAX_COLUMNS - 10))
      .map((line, at) => `  ${(at === 0 ? String(exitCode) : '').padStart(3)}  ${line}`),
  );
  return `Exit codes:\n${lines.join('\n')}\n`;
}

function optionLines(options: Options): string {
  const rows = Object.entries(options).map(([name, { short, value, summary }]) => {
    const names = `${short === undefined ? '   ' : `-${short},`} --${name}`;
    return { usage: value === undefined ? names : `${names} <${value}>`, summary };
  });
  const width = Math.max(...rows.map(({ usage }) => usage.length));
  return rows
    .flatMap(({ usage, summary }) =>
      wrap(summary, MAX_COLUMNS - width - 4).map(
        (line, at) => `  ${(at === 0 ? usage : '').padEnd(width)}  ${line}`,
      ),
    )
    .join('\n');
}
