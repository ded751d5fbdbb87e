// Runs an npm registry on this machine (Verdaccio). It serves this repository's packages itself, and all others from
// the registry that npm is configured to use.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cachedTool } from '../cached-tool.mjs';
import { withoutShell } from '../command.mjs';

// The newest version that runs on Node 20.
const VERDACCIO = '6.8.0';
const OWN = ['@modelslab-reload/*', 'modelslab-reload', 'n8n-nodes-modelslab-reload'];
const START_MS = 60_000;

/**
 * Starts a registry whose packages and users are in `folder`.
 *
 * @param {string} folder
 * @param {{ refuse?: string, port?: number }} [options] `refuse`: a package that nobody may publish
 * @returns {Promise<{ url: string, port: number, createToken: () => Promise<string>, stop: () => Promise<void> }>}
 */
export async function startRegistry(folder, { refuse, port: wanted } = {}) {
  const modules = cachedTool({
    name: `verdaccio-${VERDACCIO}`,
    megabytes: 60,
    dependencies: { verdaccio: VERDACCIO },
    overrides: { 'node-fetch': '2.7.0' },
  });
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'config.yaml');
  writeFileSync(config, JSON.stringify(createConfig(folder, refuse)));
  const port = wanted ?? (await findFreePort());
  const url = `http://127.0.0.1:${port}/`;
  const child = spawn(
    process.execPath,
    [
      '--no-warnings',
      join(modules, 'verdaccio/bin/verdaccio'),
      '--config',
      config,
      '--listen',
      url,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NO_UPDATE_NOTIFIER: '1' } },
  );
  const exited = once(child, 'exit');
  await waitUntilUp(url, child);
  return {
    url,
    port,
    createToken: () => createToken(url),
    async stop() {
      child.kill();
      await exited;
    },
  };
}

/** JSON is valid YAML. */
function createConfig(folder, refuse) {
  const [file, ...args] = withoutShell(['npm', 'config', 'get', 'registry']);
  const upstream = execFileSync(file, args, { encoding: 'utf8' }).trim();
  const open = { access: '$all', publish: '$authenticated' };
  return {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), algorithm: 'bcrypt', rounds: 4 } },
    uplinks: { upstream: { url: upstream, timeout: '60s', maxage: '60m' } },
    packages: {
      // Without an uplink, so that a missing package is really missing.
      ...Object.fromEntries(OWN.map((pattern) => [pattern, open])),
      ...(refuse && { [refuse]: { ...open, publish: 'nobody' } }),
      '**': { access: '$all', proxy: 'upstream' },
    },
    server: { keepAliveTimeout: 60 },
    max_body_size: '50mb',
    log: { type: 'stdout', format: 'json', level: 'fatal' },
  };
}

async function waitUntilUp(url, child) {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const isUp = await fetch(new URL('-/ping', url)).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await sleep(100);
  }
  child.kill();
  throw new Error('Verdaccio did not start.');
}

/** Creates a user, as `npm adduser` does, and returns a token for publishing. */
async function createToken(url) {
  const name = `releaser-${Date.now()}`;
  const response = await fetch(new URL(`-/user/org.couchdb.user:${name}`, url), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: 'only-on-this-machine' }),
  });
  const { token } = await response.json();
  if (!token) throw new Error(`Verdaccio did not create a user: ${response.status}`);
  return token;
}

async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
