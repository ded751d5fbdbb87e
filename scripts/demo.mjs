// `pnpm demo`: starts the emulator and reloads some models through the built command line, over a real socket. Exits
// with 0 if each ended as expected.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = fileURLToPath(new URL('../packages/cli/dist/bin.js', import.meta.url));

/** The expected output for each model. */
const EXPECTED = {
  'loaded-already': /^[✓+] loaded-already +success .*"Model reloaded"$/,
  'loads-1': /^[✓+] loads-1 +success .*, after processing$/,
  'loads-2': /^[✓+] loads-2 +success .*, after processing$/,
  'loads-3': /^[✓+] loads-3 +success .*, after processing$/,
  'rate-limited-once': /^[✓+] rate-limited-once +success .*, after processing$/,
  'not-found': /^[✗x] not-found +error .* model_not_found: /,
};
// One model does not exist: `help exit-codes` has the table.
const EXPECTED_EXIT_CODE = 5;

const NO_PROXY = ['127.0.0.1,localhost,::1', process.env.NO_PROXY ?? process.env.no_proxy]
  .filter(Boolean)
  .join(',');
const env = {
  ...process.env,
  MODELSLAB_API_KEY: 'demo-key',
  MODELSLAB_BASE_URL: '',
  NO_PROXY,
  no_proxy: NO_PROXY,
};

build();
const emulator = start(
  'emulator --port 0 --loaded loaded-already --load-time 3s --retry-after 2s'.split(' '),
);
process.on('exit', () => emulator.kill());
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
process.exit((await demonstrate()) ? 0 : 1);

function build() {
  console.log('Building …');
  const turbo = fileURLToPath(new URL('turbo.mjs', import.meta.url));
  const { status } = spawnSync(
    process.execPath,
    [turbo, '--silent', 'run', 'build', '--filter=modelslab-reload'],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0) process.exit(1);
}

function start(args, output = 'pipe') {
  return spawn(process.execPath, [bin, ...args], { stdio: ['ignore', output, output], env });
}

async function demonstrate() {
  emulator.stderr.resume();
  const url = await firstLine(emulator.stdout);
  if (url === undefined) {
    console.error('The emulator did not start.');
    return false;
  }
  // In a terminal, the output has colors and a moving status line, as in the README's picture.
  const isTerminal = process.stdout.isTTY && process.stderr.isTTY;
  const options = ['--base-url', url, '--poll-interval', '1s', '--timeout', '40s'];
  if (!isTerminal) options.push('--no-color');
  const ids = Object.keys(EXPECTED);
  // Lines of at most 80 columns.
  console.log(`An emulator of the ModelsLab API listens on ${url}.`);
  console.log('It loads a model in 3 seconds; the real API takes about 2 minutes.\n');
  const words = [options.slice(0, 2), options.slice(2), ids.slice(0, 4), ids.slice(4)];
  const parts = words.map((line) => line.join(' '));
  console.log(`  modelslab-reload ${parts.join(' \\\n    ')}\n`);

  if (isTerminal) {
    const [exitCode] = await once(start([...options, ...ids], 'inherit'), 'close');
    return report(exitCode === EXPECTED_EXIT_CODE ? [] : ['The exit code'], ids.length, exitCode);
  }
  const reload = start([...options, ...ids]);
  const closed = once(reload, 'close');
  const lines = [];
  createInterface({ input: reload.stdout }).on('line', (line) => {
    lines.push(line);
    console.log(line);
  });
  createInterface({ input: reload.stderr }).on('line', (line) => console.log(line));
  const [exitCode] = await closed;
  const wrong = Object.entries(EXPECTED)
    .filter(([, expected]) => lines.filter((line) => expected.test(line)).length !== 1)
    .map(([id, expected]) => `${id} (${expected})`);
  return report(wrong, lines.length, exitCode);
}

async function firstLine(stream) {
  for await (const line of createInterface({ input: stream })) return line;
  return undefined;
}

function report(wrong, count, exitCode) {
  console.log();
  if (wrong.length === 0 && exitCode === EXPECTED_EXIT_CODE) {
    console.log(
      `As expected: ${count} models, and exit code ${exitCode} for the one that does not exist.`,
    );
    return true;
  }
  for (const what of wrong) console.error(`Not as expected: ${what}`);
  console.error(`The exit code is ${exitCode}; ${EXPECTED_EXIT_CODE} was expected.`);
  return false;
}
