// One n8n of its own, with the packed node in it: nothing phones home, nothing touches ~/.n8n, loopback only.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { install, paths } from './install.mjs';
import { pack, temporaryFolder } from './pack.mjs';

export const owner = { email: 'owner@example.com', password: 'Passw0rd-of-a-test' };

/** Installs the packed node, starts n8n, sets up its owner. `close()` ends it and removes its folder. */
export async function startN8n() {
  install();
  const { folder, remove } = temporaryFolder();
  installNode(folder);
  const url = `http://127.0.0.1:${await freePort()}`;
  const logFile = join(folder, 'n8n.log');
  const log = openSync(logFile, 'w');
  const child = spawn(paths.node, [join(paths.n8n, 'node_modules/n8n/bin/n8n'), 'start'], {
    env: await environment(folder, url),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = new Promise((resolve) => child.on('exit', resolve));

  async function close() {
    child.kill();
    await ended;
    remove();
  }

  try {
    await ready(url, child, logFile);
    const cookie = await setUpOwner(url);
    return { url, close, ...restOf(url, cookie), readEverythingStored };
  } catch (error) {
    await close();
    throw error;
  }

  /** The bytes of the database and of the log: whatever n8n keeps. */
  function readEverythingStored() {
    const home = join(folder, '.n8n');
    const files = readdirSync(home).filter((name) => name.startsWith('database.sqlite'));
    return [...files.map((name) => join(home, name)), logFile]
      .map((file) => readFileSync(file, 'latin1'))
      .join('\n');
  }
}

/** As n8n itself installs a community node: into `nodes`, without its scripts. */
function installNode(folder) {
  const nodes = join(folder, '.n8n/nodes');
  mkdirSync(nodes, { recursive: true });
  writeFileSync(join(nodes, 'package.json'), '{"name":"installed-nodes","private":true}');
  const flags = ['--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
  execFileSync('npm', ['install', ...flags, pack(folder)], { cwd: nodes, stdio: 'inherit' });
}

async function environment(folder, url) {
  const off = { N8N_DIAGNOSTICS_ENABLED: 'false', N8N_VERSION_NOTIFICATIONS_ENABLED: 'false' };
  return {
    ...process.env,
    ...off,
    PATH: `${join(paths.node, '..')}:${process.env.PATH}`,
    NO_PROXY: '127.0.0.1,localhost,::1',
    no_proxy: '127.0.0.1,localhost,::1',
    NODE_ENV: 'production',
    N8N_USER_FOLDER: folder,
    N8N_ENCRYPTION_KEY: 'an-encryption-key-of-a-test',
    N8N_HOST: '127.0.0.1',
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_PORT: new URL(url).port,
    N8N_RUNNERS_BROKER_PORT: String(await freePort()),
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_HIRING_BANNER_ENABLED: 'false',
    N8N_DYNAMIC_BANNERS_ENABLED: 'false',
    N8N_VERIFIED_PACKAGES_ENABLED: 'false',
    N8N_SECURE_COOKIE: 'false',
    // The whole log: that is where a key would be.
    N8N_LOG_LEVEL: 'debug',
    NO_COLOR: '1',
    N8N_BLOCK_ENV_ACCESS_IN_NODE: 'true',
    DB_TYPE: 'sqlite',
    EXECUTIONS_MODE: 'regular',
  };
}

async function ready(url, child, logFile) {
  for (let tries = 0; tries < 480 && child.exitCode === null; tries++) {
    const reply = await fetch(`${url}/healthz/readiness`).catch(() => null);
    if (reply?.ok) return;
    await sleep(250);
  }
  throw new Error(`n8n did not start:\n${readFileSync(logFile, 'utf8').slice(-3000)}`);
}

async function setUpOwner(url) {
  const reply = await fetch(`${url}/rest/owner/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...owner, firstName: 'Test', lastName: 'Owner' }),
  });
  if (!reply.ok) throw new Error(`The owner's setup got HTTP ${reply.status}`);
  return reply.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

/** What the editor does, over the same API. */
function restOf(url, cookie) {
  const { parse } = createRequire(join(paths.n8n, 'package.json'))('flatted');

  async function call(method, path, body) {
    const reply = await fetch(url + path, {
      method,
      headers: { cookie, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: HTTP ${reply.status} ${text}`);
    return text === '' ? null : JSON.parse(text).data;
  }

  /** Starts a workflow as the editor's button does; gives the id of the execution. */
  async function run(workflow, triggerToStartFrom) {
    const { executionId } = await call('POST', `/rest/workflows/${workflow.id}/run`, {
      workflowData: workflow,
      triggerToStartFrom,
    });
    return executionId;
  }

  /** Waits for the end of an execution; gives each node's output items, and the error that ended it. */
  async function ended(executionId) {
    for (;;) {
      const execution = await call('GET', `/rest/executions/${executionId}`);
      if (execution.finished || execution.stoppedAt) {
        const { resultData } = parse(execution.data);
        return {
          status: execution.status,
          error: resultData.error,
          outputsOf: (name) =>
            resultData.runData[name]?.at(-1)?.data?.main ??
            resultData.runData[name]?.at(-1)?.data?.ai_tool,
          runsOf: (name) => resultData.runData[name] ?? [],
        };
      }
      await sleep(200);
    }
  }

  return {
    call,
    run,
    ended,
    execute: async (workflow, trigger) => await ended(await run(workflow, trigger)),
  };
}

/** A port that is free now. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
