// Runs the built client for five minutes over a socket, with random faults of the server, aborts, silence and loops that
// are left early, and checks what must always hold. Usage: node --expose-gc soak.mjs [seconds] [seed]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seeded } from '../../../benchmarks/waiting/loads.mjs';
import { createClient, createTransport, ReloadError } from '../dist/index.js';

const [seconds = '300', seed = String(Date.now() % 100_000)] = process.argv.slice(2);
const CONCURRENCY = 3;
const INTERVAL_MS = 350;
/** How late the end of a call may be on a busy machine. */
const LATE_MS = 2000;
/** Resolution of timers. */
const TOLERANCE_MS = 2;

const random = seeded(Number(seed));
const server = fork(
  fileURLToPath(new URL('./soak/server.mjs', import.meta.url)),
  [String(Number(seed) + 1)],
  { execArgv: [], serialization: 'advanced' },
);
const ask = async (question) => {
  if (question !== undefined) server.send(question);
  const [answer] = await once(server, 'message');
  return answer;
};
const port = await ask();

const violations = [];
const violated = (what) => {
  if (violations.push(what) <= 20) console.log(`VIOLATION ${what}`);
};
process.on('unhandledRejection', (reason) => violated(`unhandled rejection: ${String(reason)}`));

/** What was sent for a model: the number of requests, and when the last one that may have arrived was sent. */
const sent = new Map();
const open = { count: 0, max: 0 };
const counts = { requests: 0, calls: 0, codes: {} };
let isOver = false;

const transport = createTransport();
async function recorded(request, signal) {
  const { model_id: id } = JSON.parse(request.body);
  const now = performance.now();
  const model = sent.get(id) ?? { requests: 0, lastAt: -Infinity };
  sent.set(id, model);
  if (isOver) violated(`${id}: a request after all calls had ended`);
  const sinceMs = now - model.lastAt;
  if (sinceMs < INTERVAL_MS - TOLERANCE_MS) violated(`${id}: an interval of ${sinceMs} ms`);
  const before = model.lastAt;
  model.lastAt = now;
  model.requests++;
  counts.requests++;
  open.max = Math.max(open.max, ++open.count);
  if (open.count > CONCURRENCY) violated(`${open.count} open requests`);
  let isOpen = true;
  const close = () => {
    if (isOpen) open.count--;
    isOpen = false;
  };
  signal.addEventListener('abort', close, { once: true });
  try {
    return await transport(request, signal);
  } catch (error) {
    // The port was closed, so nothing was sent and the request does not count.
    if (error?.code === 'ECONNREFUSED') {
      model.requests--;
      model.lastAt = before;
    }
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

const modelslab = createClient({
  apiKey: 'demo-key',
  baseUrl: `http://127.0.0.1:${port}`,
  concurrency: CONCURRENCY,
  pollIntervalMs: INTERVAL_MS,
  requestTimeoutMs: 400,
  transport: recorded,
});

let unique = 0;
const between = (low, high) => low + random() * (high - low);
const sharedId = () => `shared-${Math.floor(random() * 20)}`;
const newId = () => `own-${unique++}`;

/** Counts an outcome and checks those of models that only one call asked for. */
function ended({ modelId, requests, error }) {
  const code = error?.code ?? 'success';
  counts.codes[code] = (counts.codes[code] ?? 0) + 1;
  const known = sent.get(modelId)?.requests ?? 0;
  if (modelId.startsWith('own-') && requests !== known) {
    violated(`${modelId}: ${requests} requests in the outcome, ${known} sent (${code})`);
  }
}

async function callReload() {
  const id = random() < 0.5 ? newId() : sharedId();
  const timeoutMs = between(300, 8000);
  const stop = new AbortController();
  const aborting = random() < 0.4 ? setTimeout(() => stop.abort(), between(0, 3000)) : undefined;
  const startedAt = performance.now();
  counts.calls++;
  const outcome = await modelslab
    .reload(id, { timeoutMs, signal: stop.signal, maxAgeMs: 0 })
    .catch((error) => (ReloadError.isInstance(error) ? error.outcome : violated(String(error))));
  clearTimeout(aborting);
  const elapsedMs = performance.now() - startedAt;
  if (elapsedMs > timeoutMs + LATE_MS)
    violated(`${id}: ended after ${elapsedMs} of ${timeoutMs} ms`);
  if (outcome) ended(outcome);
}

async function callReloadMany() {
  const ids = Array.from({ length: 6 }, () => (random() < 0.5 ? newId() : sharedId()));
  const seen = new Set();
  counts.calls++;
  const left = random() < 0.3 ? Math.floor(between(1, 6)) : Infinity;
  for await (const outcome of modelslab.reloadMany(ids, { timeoutMs: 8000 })) {
    if (seen.has(outcome.modelId)) violated(`${outcome.modelId}: ended twice`);
    seen.add(outcome.modelId);
    ended(outcome);
    if (seen.size >= left) return;
  }
  if (seen.size !== new Set(ids).size) violated(`${seen.size} of ${new Set(ids).size} outcomes`);
}

const readHeap = () => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1e5) / 10;
};
const endsAt = performance.now() + Number(seconds) * 1000;
async function callUntilTheEnd() {
  while (performance.now() < endsAt) {
    await (random() < 0.8 ? callReload() : callReloadMany());
    await sleep(between(0, 300));
  }
}
const calling = Promise.all(Array.from({ length: 12 }, callUntilTheEnd));
await sleep(Math.min(60, Number(seconds) / 3) * 1000);
const heapBefore = readHeap();
const modelsBefore = sent.size;
await calling;
isOver = true;
const { received } = await ask('end');
for (const [id, arrived] of received) {
  if (arrived > (sent.get(id)?.requests ?? 0)) violated(`${id}: ${arrived} requests arrived`);
}
// Longer than an idle connection is kept.
await sleep(6500);
const { connections } = await ask('count');
if (connections > 0) violated(`${connections} connections are open at the end`);
const active = process
  .getActiveResourcesInfo()
  .filter((kind) => !['PipeWrap', 'ProcessWrap', 'TTYWrap'].includes(kind));
if (active.length > 0) violated(`at the end there are ${active.join(', ')}`);
const heapAfter = readHeap();
// The client remembers up to 10,000 idle models, at about 2 KB each.
const maxHeap = heapBefore + 2 + (sent.size - modelsBefore) * 0.003;
if (heapAfter > maxHeap) violated(`the heap grew from ${heapBefore} to ${heapAfter} MB`);

console.log(`seed ${seed}, ${seconds} s on Node ${process.version}:`, JSON.stringify(counts));
console.log(`models ${sent.size}, open at most ${open.max}, heap ${heapBefore} -> ${heapAfter} MB`);
console.log(violations.length === 0 ? 'All invariants hold.' : `${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
server.disconnect();
