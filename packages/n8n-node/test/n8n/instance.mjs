// Starts n8n processes for tests, with the packed node: without telemetry, without access to ~/.n8n, only on loopback.
import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { install, paths } from './install.mjs';
import { pack, temporaryFolder } from './pack.mjs';
import { connect, setUpOwner } from './rest.mjs';

const ENCRYPTION_KEY = 'an-encryption-key-of-a-test';

/**
 * Starts one n8n in regular mode and sets up its owner. `close()` ends it and removes its folder.
 *
 * @param options `withNode`: the packed node is installed; `env`: additional environment variables
 */
export async function startN8n({ withNode = true, env = {} } = {}) {
  install();
  const { folder, remove } = temporaryFolder();
  const nodes = withNode ? installNode(folder) : null;
  const main = await startProcess('start', {
    folder,
    nodes,
    env: { EXECUTIONS_MODE: 'regular', ...env },
  });
  const close = async () => {
    await main.close();
    remove();
  };
  try {
    const cookie = await setUpOwner(main.url);
    return { cookie, home: main.home, logFile: main.logFile, ...connect(main.url, cookie), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Returns the bytes of n8n's SQLite database and of its log, which is everything that it stores. */
export function readEverythingStored({ home, logFile }) {
  const files = readdirSync(home).filter((name) => name.startsWith('database.sqlite'));
  return [...files.map((name) => join(home, name)), logFile]
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');
}

/** Installs the packed node as n8n installs a community node, without its scripts; returns the folder. */
export function installNode(folder) {
  const nodes = join(folder, 'nodes');
  mkdirSync(nodes, { recursive: true });
  writeFileSync(join(nodes, 'package.json'), '{"name":"installed-nodes","private":true}');
  const flags = ['--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
  execFileSync('npm', ['install', ...flags, pack(folder)], { cwd: nodes, stdio: 'inherit' });
  return nodes;
}

/**
 * Starts one n8n process with its own user folder, and waits until it is ready.
 *
 * @param command `start`, or `worker` with its flags
 * @param options `nodes`: the folder of `installNode`, null without a node
 */
export async function startProcess(command, { folder, nodes, env }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const userFolder = join(folder, `n8n-${port}`);
  const home = join(userFolder, '.n8n');
  mkdirSync(home, { recursive: true });
  if (nodes !== null) cpSync(nodes, join(home, 'nodes'), { recursive: true });
  const logFile = join(userFolder, 'n8n.log');
  const log = openSync(logFile, 'w');
  const bin = join(paths.n8n, 'node_modules/n8n/bin/n8n');
  const child = spawn(paths.node, [bin, ...command.split(' ')], {
    env: {
      ...createEnvironment(),
      N8N_USER_FOLDER: userFolder,
      N8N_PORT: String(port),
      N8N_RUNNERS_BROKER_PORT: String(await freePort()),
      QUEUE_HEALTH_CHECK_ACTIVE: 'true',
      QUEUE_HEALTH_CHECK_PORT: String(port),
      ...env,
    },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  killOnExit(child);
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const close = async () => {
    child.kill();
    await ended;
  };
  try {
    await waitUntilReady(url, child, logFile);
    return { url, home, logFile, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createEnvironment() {
  return {
    ...process.env,
    PATH: `${join(paths.node, '..')}:${process.env.PATH}`,
    NO_PROXY: '127.0.0.1,localhost,::1',
    no_proxy: '127.0.0.1,localhost,::1',
    NODE_ENV: 'production',
    NO_COLOR: '1',
    N8N_ENCRYPTION_KEY: ENCRYPTION_KEY,
    N8N_HOST: '127.0.0.1',
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_HIRING_BANNER_ENABLED: 'false',
    N8N_DYNAMIC_BANNERS_ENABLED: 'false',
    N8N_VERIFIED_PACKAGES_ENABLED: 'false',
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
    N8N_SECURE_COOKIE: 'false',
    // The whole log, because it could contain a key.
    N8N_LOG_LEVEL: 'debug',
    N8N_BLOCK_ENV_ACCESS_IN_NODE: 'true',
    DB_TYPE: 'sqlite',
  };
}

/** Ends a server when the test run ends, even if the run does not close it. */
export function killOnExit(child) {
  process.on('exit', () => child.kill());
}

const MAX_START_MS = 240_000;

async function waitUntilReady(url, child, logFile) {
  const startedAt = performance.now();
  while (performance.now() - startedAt < MAX_START_MS && child.exitCode === null) {
    const signal = AbortSignal.timeout(5000);
    const reply = await fetch(`${url}/healthz/readiness`, { signal }).catch(() => null);
    if (reply?.ok) return;
    await sleep(250);
  }
  throw new Error(`n8n did not start:\n${readFileSync(logFile, 'utf8').slice(-3000)}`);
}

/** Returns a port that is free now. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
