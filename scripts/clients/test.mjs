// Tests the vendor's own clients against the emulator: two Python SDKs and the command line. Compares their
// interpretation with the emulator's intent, as an independent reading of the same documents.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { start } from '../../packages/emulator/dist/index.js';
import { startFront } from './front.mjs';
import { createRunners, KEY } from './run.mjs';
import { installClients } from './venv.mjs';

const MODELS = ['my-face', 'our-style'];
const IMAGE = ['https://emulator.invalid/1.png'];
const RELOADING = { status: 'processing', message: 'Model is reloading' };

const clients = installClients();
if ('missing' in clients) {
  console.log(`skipped: ${clients.missing}`);
  process.exit(0);
}

const home = mkdtempSync(join(tmpdir(), 'clients-'));
const { callPython, runCommandLine } = createRunners(clients, home);
let checks = 0;
const failures = [];
try {
  await checkImages();
  await checkReloads();
  await checkRefusals();
  await checkCommandLine();
} finally {
  rmSync(home, { recursive: true, force: true });
}
console.log(`${checks - failures.length} passed, ${failures.length} failed`);
if (failures.length > 0) process.exitCode = 1;

/** An image of an unloaded model: accepted, polled, ready. Each SDK polls in its own way. */
async function checkImages() {
  await withEmulator({ loadTimeMs: 1500, drawUnloaded: 'loads' }, async ({ url, emulator }) => {
    const fields = { model_id: 'my-model', prompt: 'a cat' };
    const pending = {
      status: 'processing',
      id: 1,
      eta: 10,
      output: [],
      fetch_result: `${url}/api/v6/images/fetch/1`,
    };
    const ready = { status: 'success', id: 1, output: IMAGE, proxy_links: IMAGE };
    const [requested, fetched, fetchedByField, other] = await callPython(url, [
      ['modelslab_py', 'text_to_image', fields],
      ['modelslab_py', 'fetch', { id: '1' }],
      ['modelslab', 'fetch_queued', { request_id: 1 }],
      ['modelslab', 'txt2img', { ...fields, width: '512', samples: '1' }],
    ]);
    compare('modelslab_py: an image that is not ready', requested.returned, pending);
    compare('modelslab_py: polls until it is ready', fetched.returned, ready);
    compare('modelslab: fetches it by a field', fetchedByField.returned, ready);
    compare('modelslab: an image of a loaded model', other.returned?.status, 'success');
    compare('the model is loaded', emulator.isLoaded('my-model'), true);
  });
}

/** The reload call, which only one of the SDKs has, and the list. */
async function checkReloads() {
  await withEmulator({ loadTimeMs: 60_000, loaded: ['b'], models: MODELS }, async ({ url }) => {
    const [loading, loaded, list, misspelt, missing] = await callPython(url, [
      ['modelslab', 'reload_model', { model_id: 'a' }],
      ['modelslab', 'reload_model', { model_id: 'b' }],
      ['modelslab', 'finetune_list', {}],
      ['modelslab', 'reload_model', { model_id: 'misspelt' }],
      ['modelslab', 'reload_model', {}],
    ]);
    compare('modelslab: a reload that starts', loading.returned, RELOADING);
    compare('modelslab: a loaded model', loaded.returned?.status, 'success');
    compare('modelslab: the trained models', list.returned?.data, MODELS);
    compare('modelslab: messege', misspelt.returned?.messege, RELOADING.message);
    compare('modelslab: no model id', missing.returned, {
      status: 'error',
      message: { model_id: ['The model id field is required.'] },
    });
  });
}

async function checkRefusals() {
  await withEmulator({}, async ({ url }) => {
    const draw = { model_id: 'm', prompt: 'a cat' };
    const [invalid, same, unknown, unloaded] = await callPython(url, [
      ['modelslab_py', 'text_to_image', draw, 'another-key'],
      ['modelslab', 'reload_model', { model_id: 'm' }, 'another-key'],
      ['modelslab', 'fetch_queued', { request_id: 99 }],
      ['modelslab_py', 'text_to_image', draw],
    ]);
    compareMatch(
      'modelslab_py: an invalid key',
      invalid.raised,
      /status code 401: .*Invalid API key/,
    );
    compare('modelslab: an invalid key', same.returned?.message, 'Invalid API key');
    compare('modelslab: an image that was not requested', unknown.returned?.status, 'failed');
    compare('modelslab_py: a model that is not loaded', unloaded.returned?.status, 'error');
  });
  await withEmulator({ queueLimit: 0 }, async ({ url }) => {
    const [full] = await callPython(url, [
      ['modelslab_py', 'text_to_image', { model_id: 'm', prompt: 'a cat' }],
    ]);
    compareMatch('modelslab_py: a full queue', full.raised, /status code 429: .*"retry_after":30/);
  });
}

/**
 * Its exit code shows its interpretation of a reply: 3 for the key, 4 for the rate limit, 5 for not found, 6 for
 * credits, 1 for any other error.
 */
async function checkCommandLine() {
  const options = { loadTimeMs: 1500, drawUnloaded: 'loads' };
  await withEmulator(options, async ({ front }) => {
    const image = (base, modelId, ...more) =>
      runCommandLine(`${front}/${base}`, [
        'generate',
        'image',
        '--prompt',
        'cat',
        '--model',
        modelId,
        ...more,
      ]);
    const waited = await image('draw', 'my-model', '--download=false');
    compare('command line: waits for an image', JSON.parse(waited.stdout).output, IMAGE);

    const reload = async (modelId, ...more) => await image('reload', modelId, '--no-wait', ...more);
    const rows = await Promise.all(
      [
        ['a', 0, /"status": "processing"/],
        ['not-found', 5, /Model not found/],
        ['out-of-credits', 6, /Insufficient credits/],
        ['server-error', 1, /Internal server error/],
        ['error-field', 5, /Model not found/],
        ['rate-limited-once', 0, /"status": "processing"/],
        ['quota-exceeded-429', 4, /monthly limit exceeded/],
        ['misspelt', 0, /"messege": "Model is reloading"/],
        // It reads only the HTTP status, so it treats an error under HTTP 200 as a result.
        ['http-200-error', 0, /"status": "error"/],
        ['quota-exceeded', 0, /monthly limit exceeded/],
      ].map(async ([modelId, ...expected]) => [modelId, expected, await reload(modelId)]),
    );
    for (const [modelId, [exitCode, pattern], result] of rows) {
      compare(`command line: exit code for ${modelId}`, result.exitCode, exitCode);
      compareMatch(`command line: text for ${modelId}`, result.stdout + result.stderr, pattern);
    }
    const invalid = await reload('a', '--api-key', 'another-key');
    compare('command line: exit code for an invalid key', invalid.exitCode, 3);
  });
}

async function withEmulator(options, use) {
  const emulator = await start({ port: 0, apiKey: KEY, ...options });
  const front = await startFront(emulator.url);
  try {
    await use({ emulator, url: emulator.url, front: front.url });
  } finally {
    front.close();
    await emulator.close();
  }
}

function compare(what, understood, meant) {
  report(what, isDeepStrictEqual(understood, meant), { understood, meant });
}

function compareMatch(what, understood, pattern) {
  report(what, pattern.test(understood), { understood, meant: String(pattern) });
}

function report(what, holds, seen) {
  checks++;
  if (!holds) failures.push(what);
  console.log(holds ? `ok ${what}` : `not ok ${what}: ${JSON.stringify(seen)}`);
}
