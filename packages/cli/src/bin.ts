#!/usr/bin/env node
import { guardStdout } from './stdout.ts';
import { version } from './version.ts';

const args = process.argv.slice(2);
const only = args.length === 1 ? args[0] : undefined;

guardStdout();
// Both are asked for often, by people and by tools: nothing else is loaded for them.
if (only === '--version') {
  process.stdout.write(`${version}\n`);
} else if (only === '--help' || only === '-h') {
  const { helpCommand } = await import('./help-command.ts');
  await helpCommand([]);
} else {
  const { run } = await import('./main.ts');
  await run(args);
}
