// The script that runs in every runtime over a socket. It uses only what all of them have, and returns plain data that is
// compared outside the runtime.

const KEY = 'demo-key';
const POLL_INTERVAL_MS = 200;
const HERD = 30;

/** Model ids of the emulator that fail. */
const FAULTS = [
  'resets',
  'truncated',
  'huge',
  'redirects',
  'empty-body',
  'html-502',
  'hangs',
  'drips',
  'out-of-credits',
  'echoes-key',
];

/** Model ids that end with the client's timeout. */
const SILENT = new Set(['hangs', 'drips']);

/**
 * Runs all parts.
 *
 * @param {typeof import('@modelslab-reload/core')} library
 * @param {{ baseUrl: string, closedUrl: string }} urls the emulator, and a closed port
 */
export async function runScript(library, { baseUrl, closedUrl }) {
  const connect = (options) =>
    library.createClient({
      apiKey: KEY,
      baseUrl,
      pollIntervalMs: POLL_INTERVAL_MS,
      requestTimeoutMs: 10_000,
      ...options,
    });
  const codeOf = async (call) => {
    try {
      return (await call).status;
    } catch (error) {
      return library.ReloadError.isInstance(error) ? error.code : String(error);
    }
  };

  const modelslab = connect();
  const { status, evidence, error } = await modelslab.reload('one');
  const result = {
    reload: { status, evidence, error },
    again: (await modelslab.reload('one', { maxAgeMs: 60_000 })).requests,
    many: await reloadMany(modelslab, ['loaded', 'two', 'not-found', 'fails-once', 'gzip']),
    list: await modelslab.listTrainedModels(),
    fault: {},
    abort: {},
  };

  for (const id of FAULTS) {
    // A separate client, because insufficient credits end all calls of a client.
    const options = { maxRetries: 0, ...(SILENT.has(id) && { requestTimeoutMs: 1000 }) };
    result.fault[id] = await codeOf(connect(options).reload(id));
  }
  const unreachable = connect({ baseUrl: closedUrl, maxRetries: 0 });
  result.fault.refused = await codeOf(unreachable.reload('one'));
  result.fault.invalid = await codeOf(unreachable.reload('a b'));
  result.fault['wrong key'] = await codeOf(connect({ apiKey: 'wrong-key' }).reload('one'));

  for (const [name, id] of [
    ['while the model loads', 'always-processing'],
    ['while a request is open', 'hangs'],
  ]) {
    const startedAt = Date.now();
    const aborter = new AbortController();
    const call = connect().reload(id, { signal: aborter.signal });
    setTimeout(() => aborter.abort(), 300);
    result.abort[name] = [await codeOf(call), Date.now() - startedAt < 2000];
  }
  result.abort.before = await codeOf(modelslab.reload('three', { signal: AbortSignal.abort() }));

  const herd = await Promise.all(
    Array.from({ length: HERD }, () => codeOf(modelslab.reload('herd'))),
  );
  result.herd = herd.filter((code) => code === 'success').length;
  return result;
}

async function reloadMany(modelslab, ids) {
  const seen = {};
  for await (const outcome of modelslab.reloadMany(ids)) {
    seen[outcome.modelId] = outcome.error?.code ?? outcome.evidence;
  }
  return seen;
}
