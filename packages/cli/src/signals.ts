import { ReloadError } from '@modelslab-reload/core';
import { CommandError } from './command-error.ts';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs a task that ends well when it is told to: the first SIGINT or SIGTERM aborts its signal and
 * decides the exit code, the second one quits at once.
 */
export async function untilSignal(task: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const told: { exitCode: number | null } = { exitCode: null };
  const onSignal = (name: keyof typeof EXIT_CODES) => {
    if (told.exitCode !== null) process.exit(EXIT_CODES[name]);
    told.exitCode = EXIT_CODES[name];
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    const exitCode = await task(controller.signal);
    return told.exitCode ?? exitCode;
  } catch (error) {
    if (told.exitCode === null || !ReloadError.isInstance(error)) throw error;
    throw new CommandError(error.message, error.hint, told.exitCode);
  }
}
