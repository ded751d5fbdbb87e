import { execFileSync } from 'node:child_process';

const PERSON = { NAME: 'a', EMAIL: 'a@example.com' };

/** Variables that set the author of a commit. */
export const identity = Object.fromEntries(
  Object.entries(PERSON).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ]),
);

/** Runs git in a folder, with an author and without hooks. */
export function git(cwd, ...args) {
  return execFileSync('git', ['-c', 'core.hooksPath=/dev/null', ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...identity },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
