import { parseArgs } from 'node:util';
import { specialModels } from './api/special-models.ts';
import { EMULATOR_OPTION_SPECS, type OptionSpec } from './option-specs.ts';
import type { EmulatorOptions } from './options.ts';

const SPECS = Object.entries(EMULATOR_OPTION_SPECS);
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const VALUE_NAMES = {
  text: 'text',
  integer: 'n',
  duration: 'duration',
  list: 'a,b',
  boolean: 'yes|no',
  enum: '',
} as const;

export interface CommandLine {
  readonly action: 'start' | 'help' | 'version';
  readonly options: EmulatorOptions;
}

/**
 * Parses the arguments of the command.
 *
 * @throws an Error that names the flag, if one is unknown or its value is not valid
 */
export function parseCommandLine(args: string[]): CommandLine {
  const flags = Object.fromEntries(
    SPECS.map(([, { flag }]) => [flag.slice(2), { type: 'string' as const }]),
  );
  const { values } = parseArgs({
    args,
    options: {
      ...flags,
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  });
  const given: Readonly<Record<string, unknown>> = values;
  const options = SPECS.flatMap(([name, spec]): [string, unknown][] => {
    const text = given[spec.flag.slice(2)];
    return typeof text === 'string' ? [[name, parseValue(spec, text.trim())]] : [];
  });
  const action = values.help === true ? 'help' : values.version === true ? 'version' : 'start';
  return { action, options: Object.fromEntries(options) };
}

function parseValue(spec: OptionSpec, text: string): unknown {
  const value = convert(spec, text);
  if (value !== undefined) return value;
  throw new Error(`${spec.flag} must be ${describeText(spec)}, not ${JSON.stringify(text)}.`);
}

/** Returns the value of a text, or undefined if it is not valid. */
function convert({ type, values, min = 0, max = Infinity }: OptionSpec, text: string): unknown {
  switch (type) {
    case 'text':
      return text === '' ? undefined : text;
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'enum':
      return values?.includes(text) === true ? text : undefined;
    case 'boolean':
      if (text === 'yes') return true;
      return text === 'no' ? false : undefined;
    case 'duration': {
      const [, digits, unit] = /^(\d{1,15}(?:\.\d{1,15})?) ?(ms|s|m|h|d)$/.exec(text) ?? [];
      return digits === undefined ? undefined : Number(digits) * (UNIT_MS[unit ?? ''] ?? 0);
    }
    case 'integer': {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    }
  }
}

function describeText({ type, values = [], min = 0, max }: OptionSpec): string {
  switch (type) {
    case 'text':
      return 'a text that is not empty';
    case 'list':
      return 'a list with commas';
    case 'enum':
      return `one of ${values.join(', ')}`;
    case 'boolean':
      return 'yes or no';
    case 'duration':
      return 'a duration such as 500ms, 90s or 7d';
    case 'integer':
      return `a whole number${max === undefined ? `, ${min} or more` : ` from ${min} to ${max}`}`;
  }
}

export function formatHelp(): string {
  const options = SPECS.map(([, spec]): [string, string] => [
    `${spec.flag} <${VALUE_NAMES[spec.type] || spec.values?.join('|')}>`,
    `${spec.summary} (default ${spec.default})`,
  ]);
  return `Starts a local server that behaves like the ModelsLab reload API may behave, until Ctrl-C stops it.
Its URL is written to stdout, the log of its requests to stderr.

Usage: npx @modelslab-reload/emulator [options]

Options:
${formatRows([...options, ['--help, --version', '']])}

Model ids with a fixed behavior (any other is a normal model):
${formatRows(Object.entries(specialModels))}
`;
}

function formatRows(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(34, Math.max(...rows.map(([term]) => term.length)));
  return rows
    .map(([term, text]) =>
      (term.length > width
        ? `  ${term}\n  ${' '.repeat(width)}  ${text}`
        : `  ${term.padEnd(width)}  ${text}`
      ).trimEnd(),
    )
    .join('\n');
}

/** Returns a command that sends a reload call to the server, for a POSIX shell and for cmd. */
export function formatCurl(url: string, apiKey: string): string {
  const body = JSON.stringify({ key: apiKey, model_id: 'my-model' }).replaceAll('"', '\\"');
  return `curl -s ${url}/api/v6/images/model_reload -d "${body}"`;
}
