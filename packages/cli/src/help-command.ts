import { CommandError } from './command-error.ts';
import { helpTopics, type HelpTopic } from './commands.ts';
import { exitCodeTable } from './exit-code.ts';
import { emulatorOptions, listOptions, reloadOptions, type Option } from './options.ts';
import { print } from './stdout.ts';

const TOPICS: Record<HelpTopic, () => string | Promise<string>> = {
  reload: mainHelp,
  list: listHelp,
  emulator: emulatorHelp,
  completion: completionHelp,
  help: mainHelp,
  'exit-codes': exitCodesHelp,
};

/** `modelslab-reload help [topic]`, and `--help` with any command. */
export async function helpCommand(args: string[]): Promise<number> {
  const [topic = 'reload'] = args;
  const known = helpTopics.find((name) => name === topic);
  if (known === undefined) {
    throw new CommandError(
      `There is no help about ${JSON.stringify(topic)}.`,
      `There is help about ${helpTopics.join(', ')}.`,
    );
  }
  await print(await TOPICS[known]());
  return 0;
}

function mainHelp(): string {
  return `Reload ModelsLab models, and wait until the API says 'success'.

Usage:
  modelslab-reload <model-id...>       reload, wait, report
  modelslab-reload list                the account's trained models, an id a line
  modelslab-reload emulator            a local API to try things against
  modelslab-reload completion <shell>  bash | zsh | fish
  modelslab-reload help <topic>        a command, or exit-codes

Options:
${optionLines(reloadOptions)}
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
`;
}

function listHelp(): string {
  return `Print the ids of the account's own trained models, one a line.
With --output json it is an array of { modelId }, with ndjson one of these a line.

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
  return `Start a local server that behaves as the ModelsLab API may behave, until Ctrl-C ends it.
Its URL goes to standard output, what it was asked to standard error.

Usage: modelslab-reload emulator [options]

Options:
${optionLines(emulatorOptions)}

What nobody knows about the real API can be tried both ways. --success: 'success' means loaded;
is said at once, while the model loads; comes when it is loaded, and the call blocks until then.
--repeat: asking again while a model loads does nothing; is refused within --spam-window as spam;
begins the load again. --queue: exchanges that are open fill it; models that load do so too.
--draw-unloaded: a picture of a model that is not loaded is refused; is never drawn; loads it.

Any model id is a model that is unloaded at first and loads when asked to. But:
${ids.join('\n')}

Example:
  modelslab-reload emulator --load-time 10s
  MODELSLAB_API_KEY=demo-key modelslab-reload --base-url http://127.0.0.1:8787 my-model
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
  const rows = exitCodeTable.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`);
  return `Exit codes:\n${rows.join('\n')}\n`;
}

function optionLines(options: readonly Option[]): string {
  const rows = options.map(({ short, long, value, summary }) => {
    const names = `${short === undefined ? '   ' : `${short},`} ${long}`;
    return { flags: value === undefined ? names : `${names} <${value}>`, summary };
  });
  const width = Math.max(...rows.map(({ flags }) => flags.length));
  return rows.map(({ flags, summary }) => `  ${flags.padEnd(width)}  ${summary}`).join('\n');
}
