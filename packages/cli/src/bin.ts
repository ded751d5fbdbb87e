#!/usr/bin/env node
import { guardStdout, printAtOnce } from './stdout.ts';
import { version } from './version.ts';

// Asked for often, by people and by tools: nothing else is loaded for it, not even the streams.
const args = process.argv.slice(2);
if (args.length === 1 && args[0] === '--version') printAtOnce(`${version}\n`);
else void start();

async function start(): Promise<void> {
  guardStdout();
  if (args.length === 1 && (args[0] === '--help' || args[0] === '-h')) {
    const { helpCommand } = await import('./help-command.ts');
    await helpCommand([]);
  } else {
    const { run } = await import('./main.ts');
    await run(args);
  }
}
