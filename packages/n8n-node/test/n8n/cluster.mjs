// n8n in queue mode: main and two workers, each with its own user folder and packed node.
import { readFileSync } from 'node:fs';

import { install } from './install.mjs';
import { installNode, startProcess } from './instance.mjs';
import { temporaryFolder } from './pack.mjs';
import { connect, setUpOwner } from './rest.mjs';
import { startServices } from './services.mjs';

const WORKER = 'worker --concurrency=10';

export async function startCluster() {
  install();
  const services = await startServices();
  const { folder, remove } = temporaryFolder();
  const processes = [];
  async function close() {
    for (const { close: closeProcess } of processes.toReversed()) await closeProcess();
    await services.close();
    remove();
  }

  try {
    const options = { folder, nodes: installNode(folder), env: services.env };
    // Main migrates the database, so the workers start after it.
    for (const command of ['start', WORKER, WORKER]) {
      processes.push(await startProcess(command, options));
    }
    const [{ url }, ...workers] = processes;
    return {
      ...connect(url, await setUpOwner(url)),
      close,
      readEverythingStored: () =>
        [services.dumpDatabase(), ...processes.map(({ logFile }) => read(logFile))].join('\n'),
      /** Returns how many executions each worker has started. */
      countExecutions: () =>
        workers.map(({ logFile }) => read(logFile).split('Worker started execution').length - 1),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const read = (file) => readFileSync(file, 'utf8');
