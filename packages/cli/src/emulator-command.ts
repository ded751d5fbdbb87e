import { start, type EmulatorOptions } from '@modelslab-reload/emulator';
import { CommandError } from './command-error.ts';
import { emulatorOptions } from './options.ts';
import { parse } from './parse.ts';
import { untilSignal } from './signals.ts';

/** The options as they were given. */
interface EmulatorFlags extends Omit<
  EmulatorOptions,
  'loadTimeMs' | 'idleAfterMs' | 'spamWindow' | 'spamWindowMs' | 'retryAfterMs' | 'reloadCounts'
> {
  loadTime?: number;
  idleAfter?: number;
  spamWindow?: number;
  retryAfter?: number;
  reloadCounts?: 'yes' | 'no';
}

/** `modelslab-reload emulator`: a local API, until it is told to end. */
export async function emulatorCommand(args: string[]): Promise<number> {
  const flags: EmulatorFlags = parse(args, emulatorOptions, '').flags;
  const { loadTime, idleAfter, spamWindow, retryAfter, reloadCounts, ...same } = flags;
  const emulator = await listen({
    ...same,
    ...(loadTime !== undefined && { loadTimeMs: loadTime }),
    ...(idleAfter !== undefined && { idleAfterMs: idleAfter }),
    ...(spamWindow !== undefined && { spamWindowMs: spamWindow }),
    ...(retryAfter !== undefined && { retryAfterMs: retryAfter }),
    ...(reloadCounts !== undefined && { reloadCounts: reloadCounts === 'yes' }),
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  return untilSignal(async (signal) => {
    process.stdout.write(`${emulator.url}\n`);
    const key = flags.apiKey === undefined ? 'demo-key' : '<its --api-key>';
    process.stderr.write(
      `An emulator of the ModelsLab API listens there; Ctrl-C ends it. In another terminal:\n` +
        `  MODELSLAB_API_KEY=${key} modelslab-reload --base-url ${emulator.url} my-model\n`,
    );
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
    await emulator.close();
    return 0;
  });
}

async function listen(options: EmulatorOptions) {
  try {
    return await start(options);
  } catch (error) {
    throw new CommandError(
      error instanceof Error ? error.message : String(error),
      'Name another with --host or --port; --port 0 takes any free one.',
      1,
    );
  }
}
