import type { Process } from '../io.ts';

const assign = (name: string, value: string, command: string) => `${name}=${value} ${command}`;

/**
 * The commands of each shell, which can be run as they are: `ask` reads a variable that is not shown and not kept in the
 * history, `run` runs a command with a variable.
 */
export const SHELLS = {
  posix: {
    ask: (name: string) => `read -rs ${name} && export ${name}`,
    run: assign,
    comment: '#',
  },
  fish: {
    ask: (name: string) => `read -gxs ${name}`,
    run: assign,
    comment: '#',
  },
  powershell: {
    ask: (name: string) =>
      `$env:${name} = [Net.NetworkCredential]::new('', (Read-Host -AsSecureString)).Password`,
    run: (name: string, value: string, command: string) => `$env:${name} = '${value}'; ${command}`,
    comment: '#',
  },
  cmd: {
    ask: (name: string) => `set /p ${name}=`,
    run: (name: string, value: string, command: string) => `set "${name}=${value}" && ${command}`,
    comment: '& rem',
  },
};

export type Shell = keyof typeof SHELLS;

/** Returns the shell in which the user probably works. */
export function findShell({ platform, env }: Pick<Process, 'platform' | 'env'>): Shell {
  if (platform !== 'win32') return env.SHELL?.endsWith('/fish') ? 'fish' : 'posix';
  // Git Bash and MSYS2 set it.
  if (env.MSYSTEM) return 'posix';
  // PowerShell adds the folder of the user's modules to the folders of the machine.
  const { USERPROFILE: home, PSModulePath: modules = '' } = env;
  return home && modules.split(';').some((path) => path.startsWith(home)) ? 'powershell' : 'cmd';
}
