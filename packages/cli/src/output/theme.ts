import { styleText } from 'node:util';

/** Colors a string, or returns it unchanged. Color never has a meaning that the words do not have. */
export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

export type Theme = ReturnType<typeof createTheme>;

// Newer versions of Node would otherwise decide for themselves, based only on stdout.
const color: Style = (format, text) => styleText(format, text, { validateStream: false });
const plain: Style = (_format, text) => text;

/** `--no-color` wins over `NO_COLOR`, and this over `FORCE_COLOR`; without them, only a terminal that is not dumb has color. */
export function createTheme(
  isTTY: boolean,
  { env, platform }: Pick<NodeJS.Process, 'env' | 'platform'>,
  flags: { 'no-color'?: true | undefined },
) {
  const { FORCE_COLOR: force = '' } = env;
  const isWanted = force === '' ? isTTY && env.TERM !== 'dumb' : !/^(?:0|false)$/i.test(force);
  const isColored = !flags['no-color'] && !env.NO_COLOR && isWanted;
  // The fonts of the old console of Windows and of the Linux console have no check mark and no Braille.
  const isPlain =
    platform === 'win32' ? !env.WT_SESSION && !env.TERM_PROGRAM : env.TERM === 'linux';
  return {
    style: isColored ? color : plain,
    tick: isPlain ? '+' : '✓',
    cross: isPlain ? 'x' : '✗',
    spinner: isPlain ? ['-', '\\', '|', '/'] : ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  };
}
