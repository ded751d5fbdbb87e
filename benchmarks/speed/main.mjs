// Compares the cost of the code with hand-written code: ratios of medians on this machine.
//
//   node benchmarks/speed/main.mjs [--test: also times pnpm test]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { timeCalls } from './calls.mjs';
import { timeProcesses } from './processes.mjs';
import { measureSizes } from './sizes.mjs';
import { timeWholeTest } from './whole-test.mjs';

const server = fork(fileURLToPath(new URL('server.mjs', import.meta.url)), { execArgv: [] });
const [url] = await once(server, 'message');
const rows = [...(await timeProcesses(url)), ...(await timeCalls(url))];
server.disconnect();
const account = fork(fileURLToPath(new URL('account.mjs', import.meta.url)), {
  execArgv: ['--expose-gc'],
});
const [accountRows] = await once(account, 'message');
account.disconnect();

console.log(`${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`);
console.log('| what | against | ratio | goal | medians |\n| - | - | -: | -: | -: |');
for (const { what, against, ratio, goal, times, problem } of rows) {
  const cells = problem
    ? [what, '', problem, '', '']
    : [what, against, ratio.toFixed(2), goal.toFixed(2), times];
  console.log(`| ${cells.join(' | ')} |`);
}
console.log(
  '\n| one client | CPU, µs | heap while waiting, MB | heap afterwards, MB |\n| - | -: | -: | -: |',
);
for (const { what, cpuUs, waiting, after } of accountRows) {
  console.log(`| ${what} | ${cpuUs.toFixed(0)} | ${waiting} | ${after} |`);
}
console.log('\n| size of | KB | compared with |\n| - | -: | - |');
for (const { what, bytes, beside } of await measureSizes()) {
  const size = bytes === null ? 'not built' : Math.round(bytes / 1000);
  console.log(`| ${what} | ${size} | ${beside ?? ''} |`);
}

if (process.argv.includes('--test')) {
  console.log('\n| whole runs | s | goal, s |\n| - | -: | -: |');
  for (const { what, seconds, goal } of timeWholeTest()) {
    console.log(`| ${what} | ${seconds.toFixed(1)} | ${goal} |`);
  }
}
