// Runs the built command line in this process, because starting one takes longer than most runs.
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { Readable, Writable } from 'node:stream';

const { main } = createRequire(import.meta.url)('../../packages/cli/dist/main.js');

/** Runs the command line to its end, with the variables of this process. */
export async function runCli(args) {
  const output = { stdout: '', stderr: '' };
  const collect = (name) =>
    new Writable({
      write(chunk, _encoding, done) {
        output[name] += chunk;
        done();
      },
    });
  const host = Object.assign(new EventEmitter(), {
    stdin: Readable.from([]),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    env: process.env,
    platform: process.platform,
    pid: process.pid,
    kill() {},
    exit() {},
  });
  await main(args, host);
  return output;
}
