/** What a person reads where a command cannot do its work, and the exit code that goes with it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** What to do next; null where the message says it. */
  readonly hint: string | null;
  readonly exitCode: number;

  constructor(message: string, hint: string | null = null, exitCode = 2) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}
