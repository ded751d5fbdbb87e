// Runs workflows with nektos/act, a third-party runner: installed into the cache with Go, run on the host, with the
// Node version of GitHub's runner.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../../scripts/node-binary.mjs';
import { git } from './git.mjs';

const VERSION = '0.2.89';

/** Returns the path of act, or null without Go. The first call builds it, which takes two minutes. */
export function installAct() {
  const folder = join(cacheFolder, `act-${VERSION}`);
  const binary = join(folder, 'act');
  if (existsSync(binary)) return binary;
  if (!hasGo()) return null;
  console.log(`Building act ${VERSION} into ${folder}, once. It takes about two minutes.`);
  mkdirSync(folder, { recursive: true });
  execFileSync('go', ['install', `github.com/nektos/act@v${VERSION}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return binary;
}

function hasGo() {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a workflow.
 *
 * @param {{ act: string, node: string, repositories: Record<string, string> }} tools
 *   `repositories` has the folder of each `owner/name@ref` that the workflow uses
 * @param {{ text: string, event: string, secrets: Record<string, string>,
 *   env: Record<string, string> }} run
 * @returns {Promise<{ code: number | null, jobs: Record<string, string[]>,
 *   lines: { job: string, text: string }[], raw: string }>}
 *   `jobs` has the results of each job by its id; all jobs of a matrix have failed if one has
 */
export async function runWorkflow({ act, node, repositories }, { text, event, secrets, env }) {
  const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-workflow-'));
  try {
    const home = join(folder, 'home');
    const repository = join(folder, 'repository');
    const bin = join(folder, 'bin');
    for (const path of [home, bin, join(repository, '.github/workflows')]) {
      mkdirSync(path, { recursive: true });
    }
    symlinkSync(node, join(bin, 'node'));
    writeFileSync(join(repository, '.github/workflows/workflow.yml'), text);
    git(repository, 'init', '--quiet', '--initial-branch', 'main');
    git(repository, 'remote', 'add', 'origin', 'https://github.com/someone/something.git');
    git(repository, 'add', '.');
    git(repository, 'commit', '--quiet', '-m', 'Workflow');
    const child = spawn(
      act,
      [
        event,
        '--json',
        '--strict',
        '--platform',
        'ubuntu-latest=-self-hosted',
        ...Object.entries(repositories).flatMap(([name, tree]) => [
          '--local-repository',
          `${name}=${tree}`,
        ]),
        '--action-offline-mode',
        '--no-cache-server',
        ...Object.entries(secrets).flatMap(([name, value]) => ['--secret', `${name}=${value}`]),
        ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ],
      {
        cwd: repository,
        stdio: ['ignore', 'pipe', 'pipe'],
        // Kills a run that hangs.
        timeout: 120_000,
        env: {
          PATH: `${bin}:${process.env.PATH}`,
          HOME: home,
          XDG_CACHE_HOME: join(home, '.cache'),
        },
      },
    );
    let raw = '';
    child.stdout.on('data', (chunk) => (raw += chunk));
    child.stderr.on('data', (chunk) => (raw += chunk));
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    return { code, raw, ...parseLog(raw) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function parseLog(raw) {
  const jobs = {};
  const lines = [];
  for (const line of raw.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { jobID, jobResult, msg } = JSON.parse(line);
    if (jobResult !== undefined) (jobs[jobID] ??= []).push(jobResult);
    lines.push({ job: jobID, text: msg });
  }
  // act gives a job the result of its whole matrix so far, so the last one to end decides what the others have.
  for (const results of Object.values(jobs)) {
    if (results.includes('failure')) results.fill('failure');
  }
  return { jobs, lines };
}
