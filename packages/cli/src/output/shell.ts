const POSIX = {
  ask: 'read -rs MODELSLAB_API_KEY && export MODELSLAB_API_KEY',
  demo: 'MODELSLAB_API_KEY=demo-key',
  comment: '#',
};

/** `ask` reads the key, which is neither shown nor kept in the history; after `demo`, a command has the emulator's key. */
export const SHELLS = {
  posix: POSIX,
  fish: { ...POSIX, ask: 'read -gxs MODELSLAB_API_KEY' },
  powershell: {
    ask: "$env:MODELSLAB_API_KEY = [Net.NetworkCredential]::new('', (Read-Host -AsSecureString)).Password",
    demo: "$env:MODELSLAB_API_KEY = 'demo-key';",
    comment: '#',
  },
  cmd: {
    ask: 'set /p MODELSLAB_API_KEY=',
    demo: 'set "MODELSLAB_API_KEY=demo-key" &&',
    comment: '& rem',
  },
};

export type Shell = keyof typeof SHELLS;

/** Returns the shell in which the user probably works. */
export function findShell({ platform, env }: Pick<NodeJS.Process, 'platform' | 'env'>): Shell {
  if (platform !== 'win32') return env.SHELL?.endsWith('/fish') ? 'fish' : 'posix';
  // Git Bash and MSYS2 set it.
  if (env.MSYSTEM) return 'posix';
  // PowerShell adds the folder of the user's modules to the folders of the machine.
  const { USERPROFILE: home, PSModulePath: modules = '' } = env;
  return home && modules.split(';').some((path) => path.startsWith(home)) ? 'powershell' : 'cmd';
}
