import xterm from '@xterm/headless';

/** Less than the timeout of a test, which would not show the screen. */
const MAX_WAIT_MS = 25_000;

/** The screen of a terminal. */
export type Screen = ReturnType<typeof createScreen>;

export function createScreen(columns: number, rows: number) {
  const emulated = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  let raw = '';
  const onParsed = new Set<() => void>();
  emulated.onWriteParsed(() => {
    for (const listener of onParsed) listener();
  });

  /** Returns the lines on the screen, without trailing spaces and trailing empty lines. */
  const lines = () => {
    const { active } = emulated.buffer;
    const all = Array.from({ length: active.length }, (_, at) =>
      (active.getLine(at)?.translateToString(true) ?? '').trimEnd(),
    );
    return all.slice(0, all.findLastIndex((line) => line !== '') + 1);
  };

  /** Resolves with the first result that is not undefined, now or after a change of the screen. */
  const whenever = <T>(look: () => T | undefined, what: string) =>
    new Promise<T>((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        onParsed.delete(check);
      };
      const check = () => {
        const found = look();
        if (found === undefined) return;
        end();
        resolve(found);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`${what}:\n${lines().join('\n')}`));
      }, MAX_WAIT_MS);
      onParsed.add(check);
      check();
    });

  return {
    emulated,
    lines,
    write(text: string): void {
      raw += text;
      emulated.write(text);
    },
    resize: (newColumns: number): void => emulated.resize(newColumns, rows),
    /** Returns everything that was written to the terminal. */
    raw: () => raw,
    /** Waits until a line of the screen matches. */
    until: (pattern: RegExp) =>
      whenever(() => lines().find((line) => pattern.test(line)), `No line matches ${pattern}`),
    /** Waits until the status line has been drawn so many times more. */
    untilDrawn(times: number): Promise<true> {
      const count = () => raw.split('\u001B[?7h').length;
      const before = count();
      return whenever(() => count() >= before + times || undefined, 'No status line is drawn');
    },
    /** Waits until all that was written is on the screen. */
    settle: () => new Promise<void>((resolve) => emulated.write('', resolve)),
  };
}
