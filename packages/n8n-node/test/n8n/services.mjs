// Starts Redis and PostgreSQL for n8n's queue mode, on loopback, in a temporary folder.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort, killOnExit } from './instance.mjs';

/** Starts both; returns the environment variables that n8n needs to find them. */
export async function startServices() {
  const { postgres, redis } = findPrograms();
  const folder = mkdtempSync(join(tmpdir(), 'n8n-services-'));
  const [postgresPort, redisPort] = [await freePort(), await freePort()];
  const servers = [];
  try {
    servers.push(startRedis(redis, redisPort));
    servers.push(startPostgres(postgres, folder, postgresPort));
    for (const server of servers) killOnExit(server);
    await waitForPostgres(postgres, postgresPort);
  } catch (error) {
    await close();
    throw error;
  }

  async function close() {
    for (const server of servers.toReversed()) {
      const ended = new Promise((resolve) => server.on('exit', resolve));
      // PostgreSQL closes its connections only on this signal.
      server.kill('SIGINT');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Returns everything in the database as text. */
  function dumpDatabase() {
    return execFileSync(
      join(postgres, 'pg_dump'),
      ['--inserts', ...connectionFlags(postgresPort), 'postgres'],
      { encoding: 'utf8', maxBuffer: 512 * 1024 * 1024 },
    );
  }

  return {
    close,
    dumpDatabase,
    env: {
      EXECUTIONS_MODE: 'queue',
      OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
      QUEUE_BULL_REDIS_HOST: '127.0.0.1',
      QUEUE_BULL_REDIS_PORT: String(redisPort),
      DB_TYPE: 'postgresdb',
      DB_POSTGRESDB_HOST: '127.0.0.1',
      DB_POSTGRESDB_PORT: String(postgresPort),
      DB_POSTGRESDB_DATABASE: 'postgres',
      DB_POSTGRESDB_USER: 'postgres',
    },
  };
}

/** Finds the programs where Debian installs them; throws an error with the install command if one is missing. */
function findPrograms() {
  const folders = (process.env.PATH ?? '').split(':');
  const redis = folders.map((dir) => join(dir, 'redis-server')).find(existsSync);
  const versions = '/usr/lib/postgresql';
  const postgres = (existsSync(versions) ? readdirSync(versions) : [])
    .map((version) => join(versions, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
  if (redis && postgres) return { redis, postgres };
  throw new Error(
    'The queue mode test needs Redis and PostgreSQL. Install them without starting them: apt-get install redis-server postgresql',
  );
}

const connectionFlags = (port) => ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres'];

function startRedis(program, port) {
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return spawn(program, flags, { stdio: 'ignore' });
}

function startPostgres(bin, folder, port) {
  const data = join(folder, 'data');
  const as = unprivileged();
  mkdirSync(data);
  for (const path of as ? [folder, data] : []) chownSync(path, as.uid, as.gid);
  const options = { ...as, cwd: folder, stdio: 'ignore' };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust'], options);
  return spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', folder],
    options,
  );
}

/** PostgreSQL refuses to run as root; Debian's package creates a user for it. */
function unprivileged() {
  if (process.getuid() !== 0) return undefined;
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function waitForPostgres(bin, port) {
  for (let tries = 0; tries < 100; tries++) {
    try {
      execFileSync(join(bin, 'pg_isready'), connectionFlags(port), { stdio: 'ignore' });
      return;
    } catch {
      await sleep(200);
    }
  }
  throw new Error('PostgreSQL did not start.');
}
