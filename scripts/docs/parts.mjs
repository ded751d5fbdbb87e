// The generated parts of the documents, made from the tables in the code.
import { ERROR_SPECS, OPTION_SPECS } from '@modelslab-reload/core';
import { EMULATOR_OPTION_SPECS, specialModels } from '@modelslab-reload/emulator';
import { markdownTable } from './markdown.mjs';

const code = (text) => `\`${text}\``;

/** Options of the library that are no plain values, so that `OPTION_SPECS` does not have them. */
const OTHER_OPTIONS = {
  client: [
    [code('transport'), 'undici', 'sends one request: [ports](#ports)'],
    [
      code('clock'),
      "the machine's",
      '`now()`, `sleep(ms, signal)` and, optionally, `monotonicMs()`',
    ],
  ],
  call: [
    [
      code('onReply'),
      '',
      'called for every reply, failures included, and if the model waits: [events](#events)',
    ],
    [code('signal'), '', 'an `AbortSignal` that ends the call immediately'],
  ],
};

/** How a run ends apart from its models' errors, by exit code of the command line. */
const OTHER_EXIT_CODES = {
  0: 'all models succeeded',
  1: 'failures of several exit codes',
  129: 'ended by SIGHUP, as for 130',
  130: 'ended by Ctrl-C: finished models are printed, the others reported as `aborted`; a second Ctrl-C quits immediately',
  141: 'the reader of the results has gone, as in `… \\| head -1`',
  143: 'ended by SIGTERM, as for 130',
};

/** Returns all parts by name; `action` is the parsed action.yml. */
export function createParts(action) {
  return {
    'options of createClient': optionTable('client'),
    'options of a call': optionTable('call'),
    'error codes': errorTable(),
    'error codes and what to do': hintTable(),
    'exit codes': exitCodeTable(),
    'emulator options': emulatorOptionTable(),
    'special models': markdownTable(
      ['model id', 'behavior'],
      Object.entries(specialModels).map(([id, description]) => [code(id), description]),
    ),
    inputs: inputTable(action),
    outputs: outputTable(action),
  };
}

function optionTable(of) {
  const rows = Object.entries(OPTION_SPECS)
    .filter(([, spec]) => spec.of === of)
    .map(([name, spec]) => [
      code(name),
      spec.default === undefined ? (spec.defaultSummary ?? '') : code(spec.default),
      spec.summary + (spec.values ? `: ${spec.values.map(code).join(', ')}` : ''),
    ]);
  return markdownTable(['option', 'default', 'description'], [...rows, ...OTHER_OPTIONS[of]]);
}

function errorTable() {
  const rows = Object.entries(ERROR_SPECS).map(([name, { meaning, retryable, retryNote }]) => [
    code(name),
    meaning,
    [retryable ? 'yes' : 'no', retryNote].filter((part) => part !== undefined).join(', '),
  ]);
  return markdownTable(['code', 'when', 'retried'], rows);
}

function hintTable() {
  const rows = Object.entries(ERROR_SPECS).map(([name, { meaning, hint }]) => [
    code(name),
    meaning,
    hint,
  ]);
  return markdownTable(['code', 'meaning', 'what to do'], rows);
}

function exitCodeTable() {
  const meanings = new Map();
  const add = (exitCode, text) =>
    meanings.set(Number(exitCode), [...(meanings.get(Number(exitCode)) ?? []), text]);
  for (const [name, { meaning, exitCode }] of Object.entries(ERROR_SPECS))
    add(exitCode, `${meaning} (${code(name)})`);
  for (const [exitCode, text] of Object.entries(OTHER_EXIT_CODES)) add(exitCode, text);
  const rows = [...meanings].toSorted(([a], [b]) => a - b);
  return markdownTable(
    ['code', 'meaning'],
    rows.map(([exitCode, texts]) => [exitCode, texts.join('; ')]),
  );
}

function emulatorOptionTable() {
  const rows = Object.entries(EMULATOR_OPTION_SPECS).map(([name, spec]) => [
    code(`${spec.flag}${spec.values === undefined ? '' : ` ${spec.values.join('\\|')}`}`),
    code(name),
    spec.default === 'none' ? 'none' : code(spec.default),
    spec.summary,
  ]);
  return markdownTable(['flag', 'in code', 'default', 'what it sets'], rows);
}

function inputTable({ inputs }) {
  const rows = Object.entries(inputs).map(([name, { description, default: value, required }]) => [
    code(name),
    required ? 'required' : value ? code(value) : '',
    description,
  ]);
  return markdownTable(['input', 'default', 'description'], rows);
}

function outputTable({ outputs }) {
  return markdownTable(
    ['output', 'description'],
    Object.entries(outputs).map(([name, { description }]) => [code(name), description]),
  );
}
