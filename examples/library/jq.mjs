// jq for the test of the shell example, because not every machine has it: `jq -r <filter>`.
import { text } from 'node:stream/consumers';
import * as jq from 'jq-wasm';

const [, , , filter] = process.argv;
const stdout = await jq.raw(await text(process.stdin), filter, ['-r']);
process.stdout.write(`${stdout}\n`);
