import { start, type EmulatorOptions } from '@modelslab-reload/emulator';
import { CommandError } from '../errors.ts';
import { shortDuration } from '../option-types.ts';
import type { EmulatorFlags } from '../options.ts';
import { print } from '../output/stdout.ts';
import { runWithSignals } from '../signals.ts';

/** `modelslab-reload emulator`: runs a local emulator of the API until a signal ends it. */
export async function emulator(flags: EmulatorFlags): Promise<number> {
  const running = await listen({
    ...toEmulatorOptions(flags),
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  return runWithSignals(async (signal) => {
    const url = toReachable(running.url);
    print(`${url}\n`);
    process.stderr.write(
      `The emulator of the ModelsLab API is running; Ctrl-C ends it. In another terminal:\n  ${tryCommand(url, flags)}\n`,
    );
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
    await running.close();
    return 0;
  });
}

/** Returns the options of the emulator without those that were not given. */
export function toEmulatorOptions(flags: EmulatorFlags): EmulatorOptions {
  const reloadCounts = flags['reload-counts'];
  const options = {
    host: flags.host,
    port: flags.port,
    apiKey: flags['api-key'],
    loadTimeMs: flags['load-time'],
    idleAfterMs: flags['idle-after'],
    queueLimit: flags['queue-limit'],
    queue: flags.queue,
    spamWindowMs: flags['spam-window'],
    spamWindow: flags['spam-filter'],
    retryAfterMs: flags['retry-after'],
    models: flags.models,
    loaded: flags.loaded,
    success: flags.success,
    repeat: flags.repeat,
    drawUnloaded: flags['draw-unloaded'],
    reloadCounts: reloadCounts === undefined ? undefined : reloadCounts === 'yes',
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Replaces the address of all interfaces, which is not one to connect to. */
export function toReachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

/** Returns a command that can be run as it is and suits a load of this length. */
export function tryCommand(url: string, flags: EmulatorFlags): string {
  const interval = pollIntervalFor(flags);
  return [
    // The key is not repeated, even though it is one of the emulator's.
    flags['api-key'] === undefined
      ? 'MODELSLAB_API_KEY=demo-key modelslab-reload'
      : 'modelslab-reload',
    `--base-url ${url}`,
    ...(interval === null ? [] : [`--poll-interval ${shortDuration(interval)}`]),
    'my-model',
    ...(flags['api-key'] === undefined
      ? []
      : ['  # with MODELSLAB_API_KEY set to the key of --api-key']),
  ].join(' ');
}

const DEFAULT_LOAD_TIME_MS = 120_000;
const DEFAULT_SPAM_WINDOW_MS = 30_000;

/** Returns an interval that suits the load time; null if the client's default does. */
function pollIntervalFor(flags: EmulatorFlags): number | null {
  const loadTimeMs = flags['load-time'] ?? DEFAULT_LOAD_TIME_MS;
  if (loadTimeMs >= DEFAULT_LOAD_TIME_MS) return null;
  // A request within the spam window is rejected, or restarts the load.
  if (flags.repeat === 'refused') return (flags['spam-window'] ?? DEFAULT_SPAM_WINDOW_MS) + 1000;
  if (flags.repeat === 'restarts') return roundUp(loadTimeMs * 1.25);
  return roundUp(loadTimeMs / 4);
}

function roundUp(ms: number): number {
  return ms < 1000 ? Math.ceil(ms / 100) * 100 : Math.ceil(ms / 1000) * 1000;
}

async function listen(options: EmulatorOptions) {
  try {
    return await start(options);
  } catch (error) {
    throw new CommandError(
      error instanceof Error ? error.message : String(error),
      'Choose another address with --host or --port; --port 0 takes any free port.',
      1,
    );
  }
}
