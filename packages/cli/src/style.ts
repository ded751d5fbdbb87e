import { styleText } from 'node:util';

export type Format = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is. Colour never carries a meaning that the words do not. */
export type Style = (format: Format, text: string) => string;

export interface Look {
  style: Style;
  /** Before a line about a model that reached what was asked for. */
  reached: string;
  /** Before a line about one that did not. */
  failed: string;
}

/**
 * How to write to a stream. `--no-color` beats `NO_COLOR`, which beats `FORCE_COLOR`; without them
 * there is colour in a terminal that is not dumb.
 */
export function lookOf(
  isTTY: boolean,
  env: NodeJS.ProcessEnv,
  flags: { color?: boolean },
  platform: NodeJS.Platform = process.platform,
): Look {
  const { FORCE_COLOR: force = '' } = env;
  const isWanted = force === '' ? isTTY && env.TERM !== 'dumb' : !/^(?:0|false)$/i.test(force);
  const isColored = flags.color !== false && !env.NO_COLOR && isWanted;
  // The old console of Windows has no check mark in its fonts; the Linux console neither.
  const isPlain =
    platform === 'win32' ? !env.WT_SESSION && !env.TERM_PROGRAM : env.TERM === 'linux';
  return {
    // The decision is made: newer versions of Node would otherwise make it again, by standard output.
    style: isColored
      ? (format, text) => styleText(format, text, { validateStream: false })
      : (_format, text) => text,
    reached: isPlain ? '+' : '✓',
    failed: isPlain ? 'x' : '✗',
  };
}
