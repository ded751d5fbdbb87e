// Measures the CPU time and memory of one client with many models and many callers, on a virtual clock. Run with
// --expose-gc.
import { createClient } from '@modelslab-reload/core/engine';
import { createVirtualClock } from '@modelslab-reload/emulator';

const COUNT = 10_000;
const REPLY_MS = 100;
const reply = (status) => ({ status: 200, headers: {}, text: JSON.stringify({ status }) });

/** Starts a client of an API that returns `processing` once for each model, then `success`. */
function startClient(concurrency) {
  const clock = createVirtualClock();
  const accepted = new Set();
  const transport = async ({ body }, signal) => {
    await clock.sleep(REPLY_MS, signal);
    const { model_id: id } = JSON.parse(body);
    if (accepted.has(id)) return reply('success');
    accepted.add(id);
    return reply('processing');
  };
  return {
    clock,
    client: createClient({ apiKey: 'benchmark-key', concurrency, transport, clock }),
  };
}

const megabytes = (bytes) => Math.round(bytes / 1e5) / 10;

async function measure(what, run) {
  globalThis.gc();
  const heapBefore = process.memoryUsage().heapUsed;
  const cpuBefore = process.cpuUsage();
  let waiting = 0;
  await run(() => {
    globalThis.gc();
    waiting = process.memoryUsage().heapUsed - heapBefore;
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  globalThis.gc();
  const after = process.memoryUsage().heapUsed - heapBefore;
  return {
    what,
    cpuUs: (user + system) / COUNT,
    waiting: megabytes(waiting),
    after: megabytes(after),
  };
}

const rows = [
  await measure(`${COUNT} models in one list, 50 slots: for each model`, async (look) => {
    const { clock, client } = startClient(50);
    const ids = Array.from({ length: COUNT }, (_, at) => `model-${at}`);
    await clock.run(async () => {
      let ended = 0;
      for await (const { error } of client.reloadMany(ids)) {
        if (error) throw new Error(error.message);
        if (++ended === COUNT / 2) look();
      }
    });
  }),
  await measure(`${COUNT} callers of one model: for each caller`, async (look) => {
    const { clock, client } = startClient(2);
    await clock.run(async () => {
      const calls = Array.from({ length: COUNT }, () => client.reload('my-model'));
      await clock.sleep(60_000);
      look();
      await Promise.all(calls);
    });
  }),
];
process.send(rows);
