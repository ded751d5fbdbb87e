// Generates parts of the documents from the tables in the code. Run by vitest, which can import TypeScript.
import { ERROR_SPECS, OPTION_SPECS } from '@modelslab-reload/core';
import { EMULATOR_OPTION_SPECS, specialModels } from '@modelslab-reload/emulator';
import { exitCodeTable } from '../../packages/cli/src/errors.ts';
import { markdownTable } from './markdown.mjs';

const code = (text) => `\`${text}\``;

/** Options of the library that are not plain values, which `OPTION_SPECS` does not contain. */
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

/** A host's names for the terms in the core's texts, and its additions to the hints of codes. */
const HOSTS = {
  'packages/github-action/README.md': {
    terms: [
      ['`requestTimeoutMs`', '`request-timeout`'],
      ['`timeoutMs`', '`timeout`'],
      ["the caller's `signal` ended the call", 'the run was cancelled'],
    ],
    notes: {
      rate_limited: 'Give one step all models of an account.',
      network_error: 'A private certificate needs `NODE_EXTRA_CA_CERTS`.',
    },
  },
  'packages/n8n-node/README.md': {
    terms: [
      ['`requestTimeoutMs`', 'Request Timeout'],
      ['`timeoutMs`', 'Timeout'],
      ["the caller's `signal` ended the call", 'the execution was cancelled'],
    ],
    notes: {
      unauthorized: 'It ends all waiting executions with this credential.',
      payment_required: 'It ends all waiting executions with this credential.',
      model_not_found: 'Get Many lists them.',
    },
  },
};

/** Returns the parts of one document by name. */
export function createParts(path) {
  const { terms = [], notes = {} } = HOSTS[path] ?? {};
  return {
    'options of createClient': optionTable('client'),
    'options of a call': optionTable('call'),
    'error codes': errorTable(),
    'error codes and what to do': hintTable(terms, notes),
    'exit codes': exitCodes(),
    'emulator options': emulatorOptionTable(),
    'special models': markdownTable(
      ['model id', 'behavior'],
      Object.entries(specialModels).map(([id, description]) => [code(id), description]),
    ),
  };
}

function optionTable(of) {
  const rows = Object.entries(OPTION_SPECS)
    .filter(([, spec]) => spec.of === of || (of === 'call' && spec.of === 'list'))
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

function hintTable(terms, notes) {
  const translate = (text) =>
    terms.reduce((left, [term, other]) => left.replaceAll(term, other), text);
  const rows = Object.entries(ERROR_SPECS).map(([name, { meaning, hint }]) => [
    code(name),
    translate(meaning),
    [hint, notes[name]].filter((part) => part !== undefined).join(' '),
  ]);
  return markdownTable(['code', 'meaning', 'what to do'], rows);
}

function exitCodes() {
  const rows = exitCodeTable().map(([exitCode, meanings]) => [
    exitCode,
    meanings.join('; ').replaceAll('|', String.raw`\|`),
  ]);
  return markdownTable(['code', 'meaning'], rows);
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
