// Prints the table of docs/fleet.md: several processes with one key, with the core's client in each, and with this package.
// Needs the built packages and redis-server; takes a few minutes.
import { killAll, release, takeProcesses } from './fleet/processes.mjs';
import { startRedis } from './fleet/redis.mjs';
import { createEmulator, faultsOf, KEY, open, reloadAll, SCENARIOS } from './fleet/scenarios.mjs';

const COUNTS = [4, 10, 30];
const NAMES = ['default', 'blocking', 'filter on', 'filter prolonged', 'filter on, loaded'];
const CORE = new URL('../../core/dist/index.js', import.meta.url).href;

const redis = await startRedis(KEY);
const designs = [
  ['`core`', {}, { entry: CORE }],
  ['`bullmq`', { connection: redis.connection }, {}],
];
console.log('| Processes | Client | Scenario | Requests | Calls | Failed |');
console.log('| --------: | ------ | -------- | -------: | ----: | -----: |');
for (const count of COUNTS) {
  for (const name of NAMES) {
    const { options } = SCENARIOS.find((scenario) => scenario.name === name);
    for (const [label, host, more] of designs) {
      const emulator = await createEmulator(options);
      const processes = await takeProcesses(count);
      await open(processes, emulator, host, more);
      const calls = await reloadAll(processes, { timeoutMs: 30_000 });
      const { requests } = emulator;
      const { failed } = faultsOf(calls, requests);
      const cells = [count, label, name, requests.length, calls.length, failed.length];
      console.log(`| ${cells.join(' | ')} |`);
      await release(processes);
      await emulator.close();
    }
  }
}
killAll();
await redis.stop();
process.exit();
