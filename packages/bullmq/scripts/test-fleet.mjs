// Runs fleets of real processes on a real Redis: every scenario of the emulator, crashes, lost data, wrong clocks. Searches
// everything that is sent to Redis for the key. Then some of it on PostgreSQL. Needs the built packages and redis-server.
import assert from 'node:assert/strict';
import { checkReleases } from './fleet/releases.mjs';
import { check, summarize } from './fleet/checks.mjs';
import { checkExample } from './fleet/example.mjs';
import { killAll, noise, release, startProcess, takeProcesses } from './fleet/processes.mjs';
import { hasPostgres, startPostgres } from './fleet/postgres.mjs';
import { hasRedis, startRedis } from './fleet/redis.mjs';
import * as disturbances from './fleet/disturbances.mjs';
import * as scenarios from './fleet/scenarios.mjs';

const PROCESSES = Number(process.env.FLEET_PROCESSES ?? 30);

const only = process.argv[2];
if (only === 'postgres') console.log('Redis is not tested.');
else if (hasRedis) await testRedis();
else {
  console.log(
    'Not run: there is no redis-server. Install it with: apt-get install -y redis-server',
  );
}
if (hasPostgres) await testPostgres();
else console.log('PostgreSQL is not tested on this machine: npm has its server for Linux x64.');
killAll();
process.exit(summarize() ? 0 : 1);

async function testRedis() {
  const redis = await startRedis(scenarios.KEY);
  const host = { connection: redis.connection };
  for (const scenario of scenarios.SCENARIOS) {
    const { name } = scenario;
    const isFirst = name === 'default';
    const warm = isFirst ? (emulator, all) => checkWarm(redis, all, emulator) : undefined;
    await check(`${PROCESSES} processes, ${name}`, () =>
      scenarios.checkScenario(PROCESSES, host, scenario, warm),
    );
  }
  const restarted = await startRedis(scenarios.KEY);
  const elsewhere = { connection: restarted.connection };
  await Promise.all([
    check('a clock that is 4 s ahead', () => scenarios.checkSkew(host, 4000)),
    check('a clock that is 4 s behind', () => scenarios.checkSkew(host, -4000)),
    check('a process is stopped for 20 s', () => disturbances.checkStop(host)),
    check('a process is killed while it waits', () => disturbances.checkKillWhileWaiting(host)),
    check('a process is killed with a request open', () =>
      disturbances.checkKillWithOpenRequest(host),
    ),
    check('a list while the queue is full', () => scenarios.checkList(host, { queue: 'loading' })),
    check('a call waits for a slot', () => scenarios.checkSlot(host)),
    check('two releases at the same time', () => checkReleases(host, redis.connection)),
    check('Redis is down at the start', () => checkDownAtStart()),
    check('Redis restarts without its data', () => checkRestart(restarted, elsewhere)),
  ]);
  await Promise.all([
    check('a deploy replaces all processes', () => disturbances.checkDeploy(host)),
    check('an invalid key', () => scenarios.checkInvalidKey(host)),
    check('FLUSHALL', () => checkFlush(restarted, elsewhere)),
    check('the example with node:cluster', () => checkExample(host)),
  ]);
  await check('the key is in nothing that was sent to Redis', () => {
    assert.deepEqual([...redis.found.withKey, ...restarted.found.withKey], []);
    assert.ok(redis.found.commands > 1000);
    return `${redis.found.commands + restarted.found.commands} commands`;
  });
  await check('nothing is written to stderr', () => assert.deepEqual(noise, []));
  await redis.stop();
  await restarted.stop();
}

async function testPostgres() {
  // The processes for Redis do not find the driver.
  killAll();
  const postgres = await startPostgres();
  const host = { connection: postgres.connection, backend: 'postgres' };
  const [first, ...others] = await Promise.all(
    Array.from({ length: 4 }, () => startProcess(postgres.env)),
  );
  const emulator = await scenarios.createEmulator();
  // The first client creates the tables.
  const migrating = { ...host, connection: { ...postgres.connection, migrate: true } };
  await scenarios.open([first], emulator, migrating);
  await first.ask('reload', { models: ['first'], callers: 1, options: { until: 'accepted' } });
  await emulator.close();
  await release([first, ...others]);
  for (const scenario of scenarios.SCENARIOS.filter(({ name }) =>
    /default|filter on$/.test(name),
  )) {
    await check(`PostgreSQL: 4 processes, ${scenario.name}`, () =>
      scenarios.checkScenario(4, host, scenario),
    );
  }
  await check('PostgreSQL: a process is killed while it waits', () =>
    disturbances.checkKillWhileWaiting(host),
  );
  await check('PostgreSQL: nothing is written to stderr', () => assert.deepEqual(noise, []));
  await postgres.stop();
}

/** Calls that the memory of the fleet answers, in processes that received the success, and in one that did not. */
async function checkWarm(redis, processes, emulator) {
  const sent = emulator.requests.length;
  const calls = await scenarios.reloadAll(processes, { maxAgeMs: 3_600_000 }, 0);
  assert.ok(calls.every(({ code }) => code === null));
  const late = await startProcess();
  await scenarios.open([late], emulator, { connection: redis.connection });
  await late.ask('reload', { models: ['a'], callers: 1, options: { maxAgeMs: 3_600_000 } });
  const before = await redis.countCommands();
  const [first] = await late.ask('reload', {
    models: ['b'],
    callers: 1,
    options: { maxAgeMs: 3_600_000 },
  });
  // The idle connections of the other processes also send a few.
  const commands = (await redis.countCommands()) - before;
  late.kill();
  assert.equal(first.requests, 0);
  assert.equal(emulator.requests.length, sent);
  return `a warm call in a new process takes ${first.ms} ms, ${commands} commands at most`;
}

/** Runs four processes on a Redis of their own, which is disturbed while the models load. */
async function withFour(host, disturb) {
  const emulator = await scenarios.createEmulator({ repeat: 'refused' });
  const processes = await takeProcesses(4);
  await scenarios.open(processes, emulator, host);
  const calls = scenarios.reloadAll(processes);
  while (emulator.requests.length < 3) await scenarios.sleep(20);
  await scenarios.sleep(300);
  await disturb();
  const results = await calls;
  await release(processes);
  await emulator.close();
  assert.deepEqual(scenarios.faultsOf(results, emulator.requests), scenarios.NONE);
  return `${emulator.requests.length} requests`;
}

function checkRestart(redis, host) {
  return withFour(host, async () => {
    await redis.stop();
    await scenarios.sleep(2000);
    await redis.start();
  });
}

function checkFlush(redis, host) {
  return withFour(host, () => redis.send('FLUSHALL'));
}

/** Nobody hangs: who has time left waits for Redis, the others end at their deadline. */
async function checkDownAtStart() {
  const redis = await startRedis(scenarios.KEY);
  await redis.stop();
  const emulator = await scenarios.createEmulator();
  const processes = await takeProcesses(2);
  await scenarios.open(processes, emulator, { connection: redis.connection });
  const short = scenarios.reloadAll(processes, { timeoutMs: 3000 }, 0);
  const long = scenarios.reloadAll(processes, { timeoutMs: 60_000 }, 0);
  const ends = await short;
  assert.ok(
    ends.every(({ code, message }) => code === 'network_error' && /Redis/.test(message)),
    JSON.stringify(ends[0]),
  );
  assert.ok(ends.every(({ ms }) => ms < 10_000));
  await redis.start();
  const results = await long;
  await redis.stop();
  const stoppedAt = performance.now();
  await release(processes);
  assert.ok(performance.now() - stoppedAt < 10_000, 'close hangs while Redis is down');
  await emulator.close();
  assert.deepEqual(scenarios.faultsOf(results, emulator.requests), scenarios.NONE);
  return `${emulator.requests.length} requests`;
}
