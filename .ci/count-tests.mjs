// Adds up the results of all test runs in a log and prints `N passed, N failed`, the last line of CI.
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const count = { passed: 0, failed: 0 };
const log = stripVTControlCharacters(readFileSync(process.argv[2], 'utf8'));
for (const [line] of log.matchAll(/^.*\bTests {2}.*\(\d+\)\s*$/gm)) {
  for (const [, number, word] of line.matchAll(/(\d+) (passed|failed)/g)) {
    count[word] += Number(number);
  }
}
console.log(`${count.passed} passed, ${count.failed} failed`);
