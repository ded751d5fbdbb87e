// Nothing is retried if the HTTP client cannot start, and no process dies.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFull } from './effort.ts';
import { startHealthy } from './fault-server.ts';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'installation-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one call of the built package in its own process; `prefix` is a command that starts it. */
async function callWith(entry: string, nodeArguments: string[] = [], prefix: string[] = []) {
  const server = await startHealthy();
  const script = join(folder, 'call.mjs');
  writeFileSync(
    script,
    `const { createClient } = await import(${JSON.stringify(pathToFileURL(entry).href)});
     let replies = 0;
     const client = createClient({ apiKey: 'demo-key', baseUrl: ${JSON.stringify(server.url)}, pollIntervalMs: 1 });
     const result = await client.reload('a', { onReply: () => replies++ }).catch((error) => error);
     const { code = null, message, hint } = result;
     console.log(JSON.stringify({ code, message, hint, requests: (result.outcome ?? result).requests, replies }));`,
  );
  const [command, ...rest] = [...prefix, process.execPath, ...nodeArguments, script];
  try {
    const { stdout } = await promisify(execFile)(command, rest, { timeout: 60_000 });
    return { ...JSON.parse(stdout), sent: server.requests() };
  } finally {
    await server.close();
  }
}

const entry = join(dist, 'index.js');
const failed = { code: 'installation_error', requests: 0, replies: 1, sent: 0 };

test('The built package works in a process of its own.', async () => {
  expect(await callWith(entry)).toMatchObject({ code: null, requests: 1, replies: 1, sent: 1 });
});

test('A call ends as installation_error if undici is not installed.', async () => {
  cpSync(dist, join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  expect(await callWith(join(folder, 'dist/index.js'))).toMatchObject({
    ...failed,
    message: expect.stringContaining("Cannot find package 'undici'"),
    hint: expect.stringContaining('Install the dependencies again'),
  });
});

// An import that fails, as without undici: only CI builds a bundle.
test.runIf(isFull)(
  'A call ends as installation_error if a bundle cannot require modules of Node.',
  async () => {
    const built = await rolldown({ input: entry, platform: 'neutral', external: /^node:/ });
    const file = join(folder, 'bundle.mjs');
    const { output } = await built.generate({ format: 'esm', codeSplitting: false });
    writeFileSync(file, output[0].code);
    expect(await callWith(file)).toMatchObject({
      ...failed,
      message: expect.stringContaining('require'),
      hint: expect.stringContaining('createRequire'),
    });
  },
);

test('A call ends as installation_error if Node has no WebAssembly.', async () => {
  expect(await callWith(entry, ['--jitless'])).toMatchObject({
    ...failed,
    hint: expect.stringContaining('--jitless'),
  });
});

test.runIf(isFull && process.platform === 'linux')(
  'A call ends as installation_error if virtual memory is limited, which only Linux can do and Node 24 does not need.',
  async () => {
    const limited = ['sh', '-c', 'ulimit -v 8000000; exec "$0" "$@"'];
    const isEnough = Number.parseInt(process.versions.node, 10) >= 24;
    expect(await callWith(entry, [], limited)).toMatchObject(
      isEnough ? { code: null } : { ...failed, hint: expect.stringContaining('ulimit -v') },
    );
  },
);
