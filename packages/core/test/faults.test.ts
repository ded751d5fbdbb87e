import { getEventListeners } from 'node:events';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  createClient,
  createTransport,
  ReloadError,
  type Outcome,
  type ReplyEvent,
} from '../src/index.ts';
import { isFull } from './effort.ts';
import { startHealthy, type FaultServer } from './fault-server.ts';
import { faults, type Fault } from './faults.ts';
import { createIdleClock } from './idle-clock.ts';
import { listWhatKeepsAlive, unwatchTimers, watchTimers } from './keeps-alive.ts';
import { markdownTable } from './markdown-table.ts';

const POLL_INTERVAL_MS = 20;
/** Less than the timeout of a request. Windows needs 2 s to detect a closed port. */
const MAX_CALL_MS = 15_000;

const servers: FaultServer[] = [];
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown) => unhandled.push(reason);

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
  process.on('unhandledRejection', onUnhandled);
  watchTimers();
});

afterEach(async () => {
  unwatchTimers();
  vi.unstubAllEnvs();
  process.off('unhandledRejection', onUnhandled);
  for (const server of servers.splice(0)) await server.close();
});

async function started(start: Fault['start']): Promise<FaultServer> {
  const server = await start();
  servers.push(server);
  return server;
}

/** Waits for a condition for at most two seconds; while it checks, it runs no timer. */
async function eventually(isReached: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !isReached(); tries++) {
    await sleep(10);
    await setImmediate();
    await setImmediate();
  }
}

function clientOf(isSilent: () => boolean, baseUrl: string) {
  const client = createClient({
    apiKey: 'demo-key',
    baseUrl,
    requestTimeoutMs: 20_000,
    ...createIdleClock(createTransport(), isSilent),
    maxRetries: 1,
    pollIntervalMs: POLL_INTERVAL_MS,
    allowInsecureHttp: true,
  });
  return async (modelId: string) => {
    const caller = new AbortController();
    let tries = 0;
    const onReply = ({ type }: ReplyEvent) => {
      if (type === 'reply') tries++;
    };
    const outcome: Outcome | null = await client
      .reload(modelId, { signal: caller.signal, onReply })
      .catch((error: unknown) => {
        if (ReloadError.isInstance(error)) return error.outcome;
        throw error;
      });
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    return { outcome, tries };
  };
}

/** Starts the fault of a row; returns a function that creates a client for it, and one for after the repair. */
async function startRow(row: Fault) {
  const faulty = await started(row.start);
  const apart = row.isProxy || row.next === 'another client' ? await started(startHealthy) : faulty;
  if (row.isProxy) vi.stubEnv('HTTP_PROXY', faulty.url);
  // Proxies are not used for loopback addresses.
  const baseUrl = row.isProxy ? apart.url.replace('127.0.0.1', 'api.invalid') : apart.url;
  let isRepaired = false;
  const isSilent = () => row.code === 'request_timeout' && !isRepaired;
  const call = clientOf(isSilent, row.isProxy ? baseUrl : faulty.url);
  const next = row.next === 'same client' ? call : clientOf(isSilent, baseUrl);
  const repair = () => {
    isRepaired = true;
    return faulty.repair();
  };
  return { faulty, call, next, repair };
}

/** Expects that healthy connections are kept for the next call, and that nothing keeps the process alive. */
async function expectQuiet(faulty: FaultServer, kept: number[]): Promise<void> {
  await eventually(() => listWhatKeepsAlive().length === 0 && kept.includes(faulty.connections()));
  expect(listWhatKeepsAlive()).toEqual([]);
  expect(kept).toContain(faulty.connections());
}

function resultOf({ code, tries, requests }: Fault) {
  return { outcome: { error: code === null ? null : { code }, requests }, tries };
}

const SUCCEEDED = {
  outcome: { status: 'success', evidence: 'reply', requests: 1, error: null },
  tries: 1,
};

test.each(faults)('The result of a fault matches its row: $fault', async (row) => {
  const { faulty, call, next, repair } = await startRow(row);

  const startedAt = performance.now();
  expect(await call('a')).toMatchObject(resultOf(row));
  expect(performance.now() - startedAt).toBeLessThan(MAX_CALL_MS);

  expect(faulty.requests()).toBeLessThanOrEqual(row.requests);
  // At most one connection per try.
  expect(faulty.opened()).toBeLessThanOrEqual(row.tries);
  await expectQuiet(faulty, row.connection === 'kept' ? [1] : [0]);

  await repair();
  expect(await next('b')).toMatchObject(SUCCEEDED);
  await sleep(1);
  expect(unhandled).toEqual([]);
});

/** All in CI, elsewhere the last one of each result. */
const faultsOfTwo = isFull
  ? faults
  : [...new Map(faults.map((row) => [JSON.stringify({ ...row, fault: '' }), row])).values()];

test.each(faultsOfTwo)(
  'Two open requests with a fault both end as its row: $fault',
  async (row) => {
    const { faulty, call, next, repair } = await startRow(row);

    const ended = await Promise.all([call('a'), call('b')]);
    expect(ended).toMatchObject([resultOf(row), resultOf(row)]);

    expect(faulty.requests()).toBeLessThanOrEqual(2 * row.requests);
    expect(faulty.opened()).toBeLessThanOrEqual(2 * row.tries);
    // Models that end one after the other may share a connection.
    await expectQuiet(faulty, row.connection === 'kept' ? [1, 2] : [0]);

    await repair();
    expect(await Promise.all([next('c'), next('d')])).toMatchObject([SUCCEEDED, SUCCEEDED]);
    await sleep(1);
    expect(unhandled).toEqual([]);
  },
);

test('docs/faults.md has the result of every fault.', async () => {
  const table = markdownTable(
    ['Fault', 'Result', 'Tries', 'Requests', 'Connection', 'Next call'],
    faults.map((row) => [
      row.fault,
      row.code ?? 'success',
      row.tries,
      row.requests,
      row.connection,
      row.next,
    ]),
  );
  await expect(`${introduction}\n\n${table}\n`).toMatchFileSnapshot('../../../docs/faults.md');
});

const introduction = `# Results of faults

The result of a call when the network, a proxy or the server fails. Tests cause each fault over a real socket, let the client
reload one model, then two at the same time, and check every cell: two open requests both end as the row says. A test also
generates this page, so a difference fails the tests. The client has one retry (\`maxRetries\` 1), an interval of ${POLL_INTERVAL_MS} ms and a
request timeout of 20 s (here 50 ms while the fault is silence). With the defaults there are three retries, at least
35 s apart.

- **Result**: the code of the error, or \`success\` if the fault has no effect.
- **Tries**: requests that the client tried to send. Only a retryable failure is retried.
- **Requests**: how many may have reached the server, as the outcome counts them. If none has, the client retries five times,
  after 1, 2, 4, 8 and 16 s (here skipped).
- **Connection**: \`kept\` for the next call if it is healthy, else \`closed\`; each try opens at most one. In both cases nothing
  remains that keeps the process alive: no socket, no timer, no listener on the caller's signal. There are no unhandled
  rejections.
- **Next call**: with the fault repaired, a call of the \`same client\` works. If the host itself is at fault, a call of
  \`another client\` does.`;
