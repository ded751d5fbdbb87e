// Runs the README's commands unchanged, except those that build.
import { start } from '@modelslab-reload/emulator';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWorkflow } from './act.mjs';
import { extractBlocks } from './check-workflows.mjs';
import { startEmulatedService } from './emulated-service.mjs';
import { git, identity } from './git.mjs';
import { API_KEY } from './workflow-cases.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(join(root, 'packages/github-action/README.md'), 'utf8');

/** Returns the commands under a heading that follow the build. */
function findCommands(heading) {
  const blocks = extractBlocks(readme, 'sh').filter((block) => block.heading === heading);
  const [, commands] =
    blocks.map(({ code }) => code.split(/^npx -y pnpm@10 build\n/m)).at(-1) ?? [];
  if (commands === undefined)
    throw new Error(`The README has no build command under '${heading}'.`);
  return commands;
}

function run(commands, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', commands], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** Runs the Action with inputs as variables, and returns what is wrong. */
export async function runLocalCommands(folder) {
  const cwd = join(folder, 'local');
  mkdirSync(cwd);
  symlinkSync(join(root, 'packages'), join(cwd, 'packages'));
  const emulator = await start({ port: 0, loadTimeMs: 1000 });
  try {
    const port = new URL(emulator.url).port;
    const commands = findCommands('Run it on your machine').replace(/\b8787\b/, port);
    const { output } = await run(commands, { cwd, env: { PATH: process.env.PATH } });
    return [
      /^my-model: success/m,
      /^::error::.*not-found \(model_not_found\)/m,
      /^status<</m,
      /^\| my-model \| success/m,
    ]
      .filter((line) => !line.test(output))
      .map((line) => `No line matches ${line} in:\n${output}`);
  } finally {
    await emulator.close();
  }
}

/** Pushes a branch with the built action, runs a workflow that uses it, and returns what is wrong. */
export async function runBranchCommands(folder, tools) {
  const clone = join(folder, 'clone');
  const remote = join(folder, 'fork.git');
  const tree = join(folder, 'fork');
  git(folder, 'init', '--quiet', '--bare', remote);
  // The checkout of CI is shallow.
  git(remote, 'config', 'receive.shallowUpdate', 'true');
  git(folder, 'clone', '--quiet', `file://${root}`, clone);
  git(clone, 'remote', 'set-url', 'origin', remote);
  const built = 'packages/github-action/dist';
  cpSync(join(root, built), join(clone, built), { recursive: true });
  const commands = `set -e\n${findCommands('Before the first release')}`;
  const { code, output } = await run(commands, {
    cwd: clone,
    env: { PATH: process.env.PATH, HOME: folder, ...identity },
  });
  if (code !== 0) return [`The commands ended with exit code ${code}:\n${output}`];
  git(
    folder,
    'clone',
    '--quiet',
    '--branch',
    'try-action',
    '--depth',
    '1',
    `file://${remote}`,
    tree,
  );
  if (!existsSync(join(tree, built, 'index.js')))
    return ['The branch does not contain the built action.'];

  const [uses] = /you\/your-fork\/packages\/github-action@try-action/.exec(readme) ?? [];
  if (uses === undefined) return ['The README does not mention the branch.'];
  const service = await startEmulatedService({ apiKey: API_KEY, success: 'accepted' });
  try {
    const { jobs, raw } = await runWorkflow(
      { ...tools, repositories: { 'you/your-fork@try-action': tree } },
      {
        event: 'push',
        env: service.env,
        secrets: { MODELSLAB_API_KEY: API_KEY },
        text: [
          'on: push',
          'jobs:',
          '  a:',
          '    runs-on: ubuntu-latest',
          '    steps:',
          `      - uses: ${uses}`,
          '        with:',
          '          api-key: ${{ secrets.MODELSLAB_API_KEY }}',
          '          model-ids: my-model',
        ].join('\n'),
      },
    );
    return jobs.a?.join() === 'success' ? [] : [`The workflow failed:\n${raw}`];
  } finally {
    await service.close();
  }
}
