import { parseArgs } from 'node:util';
import { specialModels } from './api/special-models.ts';
import { OPTION_TYPES, parseEmulatorOption, type OptionSpec } from './option-types.ts';
import { EMULATOR_OPTION_SPECS, type EmulatorOptions } from './options.ts';

const SPECS = Object.entries(EMULATOR_OPTION_SPECS);

/**
 * Parses the arguments of the command: its options, or what to print instead.
 *
 * @throws an Error that names the flag, if it is unknown or its value is invalid
 */
export function parseCommandLine(args: string[]): EmulatorOptions | 'help' | 'version' {
  const flags = SPECS.map(([, { flag }]) => [flag.slice(2), { type: 'string' }] as const);
  const { values } = parseArgs({
    args,
    options: {
      ...Object.fromEntries(flags),
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  });
  if (values.help === true) return 'help';
  if (values.version === true) return 'version';
  const given: Readonly<Record<string, unknown>> = values;
  const options = SPECS.flatMap(([name, spec]): [string, unknown][] => {
    const text = given[spec.flag.slice(2)];
    return typeof text === 'string' ? [[name, parseEmulatorOption(spec, text)]] : [];
  });
  return Object.fromEntries(options);
}

const OPEN_QUESTIONS: Rows = [
  [
    '--success',
    "'success' is returned when the model is loaded; or immediately, while the model loads; or when it is loaded, with the request open until then",
  ],
  [
    '--repeat',
    'a request while a model loads has no effect; or is rejected as spam within --spam-window; or restarts the load',
  ],
  ['--queue', 'open requests fill the queue; or loading models as well'],
  [
    '--draw-unloaded',
    'an image request for an unloaded model is rejected as not loaded, not found or loading; or is accepted, but the image is never ready; or loads the model',
  ],
  ['--lora-only', 'an image request with the id of a LoRA needs a base model'],
];

const DEFAULT_COLUMNS = 80;
const MAX_COLUMNS = 100;

/**
 * @param program what starts the command, for its usage
 * @param columns width of the terminal, into which long lines are wrapped between words
 */
export function formatHelp(program: string, columns = DEFAULT_COLUMNS): string {
  const width = Math.min(columns, MAX_COLUMNS);
  const paragraph = (text: string) => wrap(text, width).join('\n');
  const formatRows = (rows: Rows) => toLines(rows, width).join('\n');
  const options = SPECS.map(([, spec]): [string, string] => [
    `${spec.flag} <${OPTION_TYPES[spec.type].placeholder}>`,
    `${spec.summary} (${describeValues(spec)}default ${spec.default})`,
  ]);
  const intro =
    'Starts a local server that simulates the ModelsLab reload API, until Ctrl-C stops it. ' +
    'Its URL is written to stdout, the log of its requests to stderr.';
  return `${paragraph(intro)}

Usage: ${program} [options]

Options:
${formatRows([...options, ['--help, --version', '']])}

${paragraph('Each open question about the API is an option:')}
${formatRows(OPEN_QUESTIONS)}

${paragraph('Model ids with a fixed behavior (any other is a normal model):')}
${formatRows(Object.entries(specialModels))}
`;
}

function describeValues({ values }: OptionSpec): string {
  return values === undefined ? '' : `${values.join(' | ')}; `;
}

type Rows = readonly (readonly [term: string, text: string])[];

function toLines(rows: Rows, columns: number): string[] {
  // In a narrow terminal, the texts go below the terms.
  const width = columns < 60 ? 2 : Math.max(...rows.map(([term]) => term.length));
  return rows.flatMap(([term, text]) => {
    const [first = '', ...more] = wrap(text, columns - width - 4);
    const indent = ' '.repeat(width + 4);
    const start =
      term.length > width ? [`  ${term}`, indent + first] : [`  ${term.padEnd(width)}  ${first}`];
    return [...start, ...more.map((line) => indent + line)].map((line) => line.trimEnd());
  });
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

/** Returns a command that sends a reload call to the server. Its quotes work in POSIX shells, zsh (`[::1]`) and cmd. */
export function formatCurl(url: string, apiKey: string): string {
  const body = JSON.stringify({ key: apiKey, model_id: 'my-model' }).replaceAll('"', '\\"');
  return `curl -s "${url}/api/v6/images/model_reload" -d "${body}"`;
}
