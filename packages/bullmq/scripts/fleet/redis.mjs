// Debian's redis-server on a free port of loopback, without persistence.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a Redis, and searches everything that is sent to it for a key. */
export async function startRedis(key) {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'modelslab-fleet-'));
  const found = { commands: 0, withKey: [] };
  let server;
  let monitor;

  const send = (...command) =>
    new Promise((resolve, reject) => {
      const socket = createConnection(port, '127.0.0.1');
      let text = '';
      socket.on('error', reject);
      socket.on('data', (data) => {
        text += data;
        if (!text.endsWith('\r\n')) return;
        socket.destroy();
        resolve(text);
      });
      socket.write(`${command.join(' ')}\r\n`);
    });

  const watch = () => {
    monitor = createConnection(port, '127.0.0.1');
    monitor.on('error', () => {});
    let rest = '';
    monitor.on('data', (data) => {
      const lines = (rest + String(data)).split('\n');
      rest = lines.pop();
      found.commands += lines.length;
      found.withKey.push(...lines.filter((line) => line.includes(key)));
    });
    monitor.write('MONITOR\r\n');
  };

  const start = async () => {
    const flags = [
      '--port',
      port,
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    server = spawn('redis-server', flags.map(String), { stdio: 'ignore' });
    for (;;) {
      const isUp = await send('PING').then(
        () => true,
        () => false,
      );
      if (isUp) return watch();
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  };

  const stop = async () => {
    monitor.destroy();
    server.kill('SIGKILL');
    await once(server, 'exit');
  };

  await start();
  return {
    connection: { host: '127.0.0.1', port },
    found,
    send,
    start,
    stop,
    countCommands: async () =>
      Number(/total_commands_processed:(\d+)/.exec(await send('INFO', 'stats'))?.[1]),
  };
}
