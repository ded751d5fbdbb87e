// What some tests need of a machine. Each function is a hook for `beforeEach`, and can also be called with the context of
// a test: where the need is not met, it skips the test with the reason.
import { spawnSync } from 'node:child_process';
import { shellArguments } from './shell.ts';

interface TestContext {
  skip: (condition: boolean, reason: string) => void;
}

const isWindows = process.platform === 'win32';

/** For tests that send another process a signal that it handles. */
export function needsSignals({ skip }: TestContext): void {
  skip(isWindows, 'Windows ends a process at once, without its handlers');
}

/** For tests that run a shell other than Windows' own, or files that are executable by their first line. */
export function needsShell({ skip }: TestContext, shell = 'sh'): void {
  skip(isWindows, 'Windows has no such shell, or only one that does not see its processes');
  skip(spawnSync(shell, shellArguments(shell, 'true')).status !== 0, `${shell} is not installed`);
}

/** For tests that read the screen of a pseudo-terminal. */
export function needsTerminal({ skip }: TestContext): void {
  skip(isWindows, 'the console of Windows draws the screen again in its own way');
}

/** For tests of the rights of files. */
export function needsFileModes({ skip }: TestContext): void {
  skip(isWindows, 'Windows has no file modes, and allows links only to administrators');
}

/** For tests of variables whose names differ only in case. */
export function needsBothCases({ skip }: TestContext): void {
  skip(isWindows, 'on Windows, names in upper and lower case are one variable');
}

/** For tests that run a Python program. */
export function needsPython({ skip }: TestContext): void {
  skip(spawnSync('python3', ['--version']).status !== 0, 'python3 is not installed');
}
