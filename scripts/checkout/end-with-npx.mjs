// npx that receives SIGTERM ends without pnpm, which it has started through a shell. A server that both have started, such as
// the emulator, would keep running and hold its port.
import { spawnSync } from 'node:child_process';

const CHECK_MS = 1000;
const LAUNCHER = /^(?:\S*\bsh -c |.*\b(?:npm|npx|pnpm)\b)/;

/**
 * Returns the ids of the processes through which npm, npx or pnpm have started a process.
 *
 * @param {number} pid
 * @param {string} table lines of `ps` with id, parent's id and command
 */
export function findLaunchers(pid, table) {
  const rows = Array.from(table.matchAll(/^ *(\d+) +(\d+) +(.*)$/gm), ([, id, parent, command]) => [
    Number(id),
    { parent: Number(parent), command },
  ]);
  const processes = new Map(rows);
  const launchers = [];
  let id = processes.get(pid)?.parent;
  while (LAUNCHER.test(processes.get(id)?.command ?? '')) {
    launchers.push(id);
    id = processes.get(id).parent;
  }
  return launchers;
}

/** Sends SIGTERM to this process as soon as one of its launchers is gone. Windows ends all of them together. */
export function endWithNpx() {
  if (process.platform === 'win32') return;
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  // Without ps, nothing is watched.
  const launchers = findLaunchers(process.pid, stdout ?? '');
  const timer = setInterval(() => {
    if (launchers.every(isRunning)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_MS).unref();
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
