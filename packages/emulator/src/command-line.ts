import { parseArgs } from 'node:util';
import { specialModels } from './api/special-models.ts';
import { OPTION_TYPES, parseEmulatorOption } from './option-types.ts';
import { EMULATOR_OPTION_SPECS, type EmulatorOptions } from './options.ts';

const SPECS = Object.entries(EMULATOR_OPTION_SPECS);

/** Parses the arguments of the command: its options, or what to print instead. An error names the flag. */
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

const MAX_COLUMNS = 100;

/** Returns the help, wrapped between words into the width of a terminal. */
export function formatHelp(program: string, columns = 0): string {
  const width = Math.min(columns || 80, MAX_COLUMNS);
  const paragraph = (text: string) => wrap(text, width).join('\n');
  const options = SPECS.map(([, { flag, type, summary, values, default: value }]): Row => {
    const choice = values === undefined ? '' : `${values.join(' | ')}; `;
    return [
      `${flag} <${OPTION_TYPES[type].placeholder}>`,
      `${summary} (${choice}default ${value})`,
    ];
  });
  const intro =
    'Starts a local server that simulates the ModelsLab reload API, until Ctrl-C stops it. ' +
    'Its URL is written to stdout, the log of its requests to stderr.';
  return `${paragraph(intro)}

Usage: ${program} [options]

Options:
${formatRows([...options, ['--help, --version', '']], width)}

${paragraph('Model ids with a fixed behavior (any other is a normal model):')}
${formatRows(Object.entries(specialModels), width)}
`;
}

type Row = readonly [term: string, text: string];

function formatRows(rows: readonly Row[], columns: number): string {
  // In a narrow terminal, the texts go below the terms.
  const width = columns < 60 ? 2 : Math.max(...rows.map(([term]) => term.length));
  const indent = ' '.repeat(width + 4);
  const lines = rows.map(([term, text]) => {
    const start = term.length > width ? `  ${term}\n${indent}` : `  ${term.padEnd(width)}  `;
    return (start + wrap(text, columns - width - 4).join(`\n${indent}`)).trimEnd();
  });
  return lines.join('\n');
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : '';
    if (longer === '' || longer.length > columns) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Returns a command that sends a reload call to the server. Its quotes work in POSIX shells, zsh (`[::1]`) and cmd. */
export function formatCurl(url: string, apiKey: string): string {
  const body = JSON.stringify({ key: apiKey, model_id: 'my-model' }).replaceAll('"', '\\"');
  return `curl -s "${url}/api/v6/images/model_reload" -d "${body}"`;
}
