#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { formatCurl, formatHelp, parseCommandLine, type CommandLine } from './command-line.ts';
import { DEFAULTS } from './options.ts';
import { start } from './server.ts';

// A reader that closes the pipe, such as `head`, must not end the server.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

const commandLine = tryParse(process.argv.slice(2));
if (commandLine?.action === 'help') process.stdout.write(formatHelp(process.stdout.columns));
if (commandLine?.action === 'version') process.stdout.write(`${readVersion()}\n`);
if (commandLine?.action === 'start') await listen(commandLine);

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

function tryParse(args: string[]): CommandLine | null {
  try {
    return parseCommandLine(args);
  } catch (error) {
    // parseArgs adds advice about positional arguments, which this command does not have.
    fail(readMessage(error).split('. To specify', 1)[0], 'Run with --help for the options.', 2);
    return null;
  }
}

async function listen({ options }: CommandLine): Promise<void> {
  try {
    const { url } = await start({ ...options, log });
    process.stdout.write(`${url}\n`);
    // A key set by the user may be a real one, which must not be printed.
    const key = options.apiKey === undefined ? DEFAULTS.apiKey : 'YOUR_KEY';
    log(`Ctrl-C stops the server. Send it a request:\n  ${formatCurl(url, key)}`);
  } catch (error) {
    const advice = 'Choose another with --host or --port; --port 0 picks a free port.';
    fail(readMessage(error), advice, 1);
  }
}

function fail(message: string | undefined, advice: string, exitCode: number): void {
  log(`${message}\n${advice}`);
  process.exitCode = exitCode;
}

function readMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version }: { version: string } = JSON.parse(text);
  return version;
}
