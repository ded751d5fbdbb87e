import type { Process } from '../io.ts';

/** Kinds of shells that need different commands. */
export type Shell = 'posix' | 'fish' | 'powershell' | 'cmd';

interface Syntax {
  /** Reads a variable that is not shown and not kept in the history. */
  ask: (name: string) => string;
  /** Runs a command with a variable. */
  run: (name: string, value: string, command: string) => string;
  comment: string;
}

/** The commands of each shell, which can be run as they are. */
export const SHELLS: Readonly<Record<Shell, Syntax>> = {
  posix: {
    ask: (name) => `read -rs ${name} && export ${name}`,
    run: (name, value, command) => `${name}=${value} ${command}`,
    comment: '#',
  },
  fish: {
    ask: (name) => `read -gxs ${name}`,
    run: (name, value, command) => `${name}=${value} ${command}`,
    comment: '#',
  },
  powershell: {
    ask: (name) =>
      `$env:${name} = [Net.NetworkCredential]::new('', (Read-Host -AsSecureString)).Password`,
    run: (name, value, command) => `$env:${name} = '${value}'; ${command}`,
    comment: '#',
  },
  cmd: {
    ask: (name) => `set /p ${name}=`,
    run: (name, value, command) => `set "${name}=${value}" && ${command}`,
    comment: '& rem',
  },
};

/** Returns the shell in which the user probably works. */
export function findShell({ platform, env }: Pick<Process, 'platform' | 'env'>): Shell {
  if (platform !== 'win32') return env.SHELL?.endsWith('/fish') ? 'fish' : 'posix';
  // Git Bash and MSYS2 set it.
  if (env.MSYSTEM) return 'posix';
  // PowerShell adds the folder of the user's modules to the folders of the machine.
  const { USERPROFILE: home, PSModulePath: modules = '' } = env;
  return home && modules.split(';').some((path) => path.startsWith(home)) ? 'powershell' : 'cmd';
}
