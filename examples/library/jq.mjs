// jq for the test of the shell's example, where the machine has none: `jq -r <filter>`.
import { text } from 'node:stream/consumers';
import * as jq from 'jq-wasm';

const [, , , filter] = process.argv;
const stdout = await jq.raw(await text(process.stdin), filter, ['-r']);
process.stdout.write(`${stdout}\n`);
