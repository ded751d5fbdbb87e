// Starts the processes of a fleet, sends them commands, and stops them.
import { fork } from 'node:child_process';
import { join } from 'node:path';

/** What any process wrote to stderr. */
export const noise = [];
const running = new Set();

/** Starts a process and waits until it is ready. */
export async function startProcess(env = {}) {
  const child = fork(join(import.meta.dirname, 'process.mjs'), [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  });
  running.add(child);
  child.stderr.on('data', (text) => noise.push(String(text).slice(0, 300)));
  const pending = new Map();
  let count = 0;
  await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('A process did not start.')));
    child.on('message', (message) => {
      if (message === 'ready') return resolve();
      const { resolve: end, reject: fail } = pending.get(message.id);
      pending.delete(message.id);
      if (message.thrown) fail(new Error(message.thrown));
      else end(message.result);
    });
  });
  return {
    /** Sends a command; never resolves if the process is killed. */
    ask: (command, args = {}) =>
      new Promise((resolve, reject) => {
        const id = ++count;
        pending.set(id, { resolve, reject });
        child.send({ id, command, args });
      }),
    signal: (name) => child.kill(name),
    kill() {
      running.delete(child);
      child.kill('SIGKILL');
    },
  };
}

const idle = [];

/** Returns idle processes, and starts those that are missing. */
export function takeProcesses(count) {
  const taken = idle.splice(0, count);
  const missing = Array.from({ length: count - taken.length }, () => startProcess());
  return Promise.all([...taken, ...missing]);
}

/** Closes the clients of processes, so that other checks can take them. */
export async function release(processes) {
  await Promise.all(processes.map((one) => one.ask('close')));
  idle.push(...processes);
}

export function killAll() {
  for (const child of running) child.kill('SIGKILL');
  idle.length = 0;
}
