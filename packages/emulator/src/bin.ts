#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { formatCurl } from './command-line.ts';
import { runEmulator } from './command.ts';
import { EMULATOR_OPTION_SPECS } from './options.ts';

const { stdout, stderr } = process;
// A reader that closes the pipe, such as `head`, must not end the server.
stdout.on('error', () => {});
stderr.on('error', () => {});

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const { version }: { version: string } = JSON.parse(manifest);
const log = (line: string) => void stderr.write(`${line}\n`);

process.exitCode = await runEmulator(process.argv.slice(2), {
  program: 'npx @modelslab-reload/emulator',
  version,
  columns: stdout.columns,
  print: (text) => void stdout.write(text),
  log,
  onStart(url, { apiKey }) {
    // A key set by the user may be a real one, which must not be printed.
    const key = apiKey === undefined ? EMULATOR_OPTION_SPECS.apiKey.default : 'YOUR_KEY';
    log(`Ctrl-C stops the server. Send it a request:\n  ${formatCurl(url, key)}`);
  },
  fail(message, advice, exitCode) {
    log(`${message}\n${advice}`);
    return exitCode;
  },
  // A signal ends the process.
  signal: new AbortController().signal,
});
