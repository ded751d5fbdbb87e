/** The options of each shell with which it reads no startup file of its user. */
const OPTIONS: Record<string, string[]> = {
  // Without them it reads ~/.bashrc even for a command: its input is a socket, so it takes Node for a remote login.
  bash: ['--norc'],
  zsh: ['-f'],
  fish: ['--no-config'],
};

/**
 * Returns the arguments with which a shell runs a script without its user's startup files, which may take minutes, print,
 * or fail.
 */
export function shellArguments(shell: string, script: string): string[] {
  return [...(OPTIONS[shell] ?? []), '-c', script];
}
