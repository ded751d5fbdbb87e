// Runs each host against an API that echoes the key, and returns the text of each output.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createClient, createTransport } from '@modelslab-reload/core';
import { createVirtualClock } from '@modelslab-reload/emulator';
import { afterAll } from 'vitest';
import { parse } from 'yaml';
import { isFull } from '../../packages/core/test/effort.ts';
import { liveCheck } from '../live-check/check.mjs';
import { formatReport } from '../live-check/report.mjs';
import { root } from './repository.mjs';

// In CI, the command line and the Action run as users run them.
const hosts = await import(isFull ? './key-processes.mjs' : './key-in-process.mjs');

/** A loading model succeeds at the second request. */
const POLL_INTERVAL_MS = 20;

const show = (value) => {
  const texts = [inspect(value, { showHidden: true, depth: 8, maxStringLength: null })];
  for (let error = value; error instanceof Error; error = error.cause) {
    texts.push(error.message, error.stack, String(error));
  }
  return [...texts, JSON.stringify(value)].join('\n');
};

export async function runLibrary({ modelId, apiKey, baseUrl, transport, options, call }) {
  const events = [];
  let client = null;
  let outcome = null;
  let error = null;
  try {
    client = createClient({
      apiKey,
      baseUrl,
      transport,
      maxRetries: 0,
      pollIntervalMs: POLL_INTERVAL_MS,
      ...options,
    });
    const onReply = (event) => events.push(event);
    outcome = await client.reload(modelId, { until: 'image', onReply, ...call });
  } catch (caught) {
    error = caught;
    outcome = caught.outcome ?? null;
  }
  return {
    'library error': error && show(error),
    'library outcome': outcome && show(outcome),
    'library event': events.length === 0 ? null : show(events) + show(client),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'key-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Returns the paths of empty files. They are the same in every run, because the Action remembers them. */
const emptyFiles = (...names) =>
  names.map((name) => {
    const path = join(folder, name);
    writeFileSync(path, '');
    return path;
  });

/** Runs the command line; each connection fails with the next of `failures`, if there are any. */
export async function runCli({ apiKey, args, env, failures }) {
  const [record] = emptyFiles('record.ndjson');
  const common = `-v -o ndjson -u image --retries 0 --poll-interval ${POLL_INTERVAL_MS}ms --record`;
  const { stdout, stderr } = await hosts.cli(
    [...common.split(' '), record, ...args],
    { ...env, MODELSLAB_API_KEY: apiKey },
    failures,
  );
  const recorded = readFileSync(record, 'utf8');
  return { 'CLI stdout': stdout, 'CLI stderr': stderr, 'CLI --record': recorded };
}

const action = parse(readFileSync(join(root, 'packages/github-action/action.yml'), 'utf8'));

/** Runs the Action; each connection fails with the next of `failures`, if there are any. */
export async function runAction({ apiKey, inputs, env, failures }) {
  const [outputs, summary] = emptyFiles('outputs', 'summary');
  const defaults = Object.entries(action.inputs).map(([name, one]) => [name, one.default]);
  const given = {
    ...Object.fromEntries(defaults),
    'api-key': apiKey,
    until: 'image',
    retries: '0',
    'poll-interval': `${POLL_INTERVAL_MS}ms`,
    ...inputs,
  };
  const variables = Object.entries(given).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value ?? '',
  ]);
  const files = { GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary };
  const { stdout, stderr } = await hosts.action(
    { ...env, ...files, RUNNER_DEBUG: '1', ...Object.fromEntries(variables) },
    failures,
  );
  const log = (stdout + stderr).split('\n').filter((line) => !line.startsWith('::add-mask::'));
  return {
    'Action log': log.join('\n'),
    'Action outputs': readFileSync(outputs, 'utf8').replaceAll('{"modelId"', '\n$&'),
    'Action summary': readFileSync(summary, 'utf8').replaceAll('<tr>', '\n$&'),
  };
}

/** Runs the built node in an n8n that has only what the node uses; `send` is n8n's HTTP helper. */
export async function runN8n({ modelId, apiKey, baseUrl, send, parameters = {} }) {
  const { ModelsLabReload } = createRequire(import.meta.url)(
    join(root, 'packages/n8n-node/dist/nodes/ModelsLabReload/ModelsLabReload.node.js'),
  );
  const given = {
    operation: 'reload',
    modelId,
    until: 'image',
    options: { retries: 0, pollInterval: POLL_INTERVAL_MS / 1000 },
    ...parameters,
  };
  const execute = (continues) =>
    new ModelsLabReload().execute.call({
      getNode: () => ({
        name: 'ModelsLab Reload',
        type: 'modelsLabReload',
        credentials: { modelsLabReloadApi: { id: '1', name: 'account' } },
      }),
      getCredentials: async () => ({ apiKey, baseUrl: baseUrl ?? 'https://modelslab.com' }),
      getInputData: () => [{ json: {} }],
      getExecutionCancelSignal: () => undefined,
      continueOnFail: () => continues,
      getNodeParameter: (name, _item, fallback) => given[name] ?? fallback,
      helpers: {
        async httpRequestWithAuthentication(_type, { url, body }) {
          const { status, headers, text } = await send(
            new URL(url).pathname,
            JSON.stringify({ ...body }),
          );
          return { statusCode: status, headers, body: text };
        },
      },
    });
  const items = await execute(true).catch((error) => error);
  const error = await execute(false).then(
    () => null,
    (caught) => caught,
  );
  return { 'n8n item': show(items), 'n8n error': error && show(error) };
}

export async function runLiveCheck({ modelId, apiKey, baseUrl, send }) {
  const clock = send && createVirtualClock();
  const recorded = [];
  const logged = [];
  const check = () =>
    liveCheck({
      apiKey,
      modelId,
      baseModel: 'base',
      baseUrl,
      ...(clock && { clock, now: clock.now }),
      transport: send
        ? async ({ url, body }) => send(new URL(url).pathname, body)
        : createTransport(),
      onExchange: (exchange) => recorded.push(exchange),
      log: (line) => logged.push(line),
    });
  const result = await (clock ? clock.run(check) : check()).catch((error) => error);
  const report = result instanceof Error ? result.message + result.hint : formatReport(result, 'x');
  return {
    'live check': [report, ...logged].join('\n'),
    'live check record': recorded.length === 0 ? null : JSON.stringify(recorded),
  };
}
