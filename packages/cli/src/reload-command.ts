import type { Client, Until } from '@modelslab-reload/core';
import { readApiKey, refuseApiKeyOption } from './api-key.ts';
import { CommandError } from './command-error.ts';
import { checkTelling, connect, type ConnectionFlags } from './connect.ts';
import { exitCodeOf } from './exit-code.ts';
import { checkIds, gatherIds } from './ids.ts';
import { nearCommand } from './near-command.ts';
import { reloadOptions } from './options.ts';
import { parse } from './parse.ts';
import { Progress } from './progress.ts';
import { exchangeLine, newsLine } from './reply-line.ts';
import { createResults } from './results.ts';
import { columnsOf, openScreen } from './screen.ts';
import { untilSignal } from './signals.ts';
import { statusLine } from './status-line.ts';
import { lookOf } from './style.ts';
import { summaryOf } from './summary.ts';
import { listTrainedModels } from './trained-models.ts';

interface ReloadFlags extends ConnectionFlags {
  file?: string[];
  allTrained?: true;
  until?: Until;
  /** False with --no-wait. */
  wait?: boolean;
}

const DEFAULT_TIMEOUT_MS = 600_000;

/** `modelslab-reload <model-id...>`: reload, wait, report. */
export async function reloadCommand(args: string[]): Promise<number> {
  refuseApiKeyOption(args);
  const parsed = parse(args, reloadOptions, '[model-id...]');
  const { operands } = parsed;
  const flags: ReloadFlags = parsed.flags;
  checkFlags(flags, operands);
  const apiKey = await readApiKey(flags.apiKeyFile);
  const given = await gatherIds(operands, flags.file ?? []);
  checkIds(given, apiKey);
  const client = connect(flags, apiKey);
  return untilSignal(async (signal) => {
    const startedAt = performance.now();
    const ids = given.map(({ id }) => id);
    if (flags.allTrained) ids.push(...(await listTrainedModels(client, flags, signal)));
    if (ids.length === 0) {
      if (flags.output === 'json') process.stdout.write('[]\n');
      return 0;
    }
    return reloadAll(client, {
      ids: [...new Set(ids)],
      flags,
      startedAt,
      signal,
      first: operands[0],
    });
  });
}

function checkFlags(flags: ReloadFlags, ids: string[]): void {
  const { until = 'accepted' } = flags;
  if (flags.wait === false && until !== 'accepted') {
    throw new CommandError(`--no-wait and --until ${until} exclude each other.`, 'Leave one out.');
  }
  checkTelling(flags);
  const files = flags.file ?? [];
  if ([...files, flags.apiKeyFile].filter((path) => path === '-').length > 1) {
    throw new CommandError(
      'Standard input is asked for twice.',
      'Give - to one option, and a file to the other.',
    );
  }
  if (ids.length === 0 && files.length === 0 && !flags.allTrained) {
    throw new CommandError(
      'No model is named.',
      'Give model ids, --file <path> or --all-trained; see modelslab-reload --help.',
    );
  }
}

interface Run {
  ids: string[];
  flags: ReloadFlags;
  startedAt: number;
  signal: AbortSignal;
  /** The first word of the command line that is no option. */
  first: string | undefined;
}

async function reloadAll(client: Client, run: Run): Promise<number> {
  const { ids, flags, startedAt, signal } = run;
  const { output = 'text', quiet, verbose } = flags;
  const { env, stdout } = process;
  const results = createResults(output, ids, lookOf(stdout.isTTY, env, flags));
  const progress = new Progress(ids.length, startedAt);
  const screen = openScreen(flags, (frame) => statusLine(progress, frame));
  const { style } = screen.look;
  const elapsedMs = () => performance.now() - startedAt;
  const until = flags.wait === false ? 'accepted' : flags.until;

  try {
    const outcomes = client.reloadMany(ids, {
      until,
      timeoutMs: Math.max(1, (flags.timeout ?? DEFAULT_TIMEOUT_MS) - elapsedMs()),
      signal,
      onReply(event) {
        if (event.type !== 'reply') return;
        // A model that loads is waited for to the deadline, also where it is not asked about again.
        const isWaitedFor = event.status === 'processing' && until !== 'accepted';
        const isEnd = event.nextInMs === null && !isWaitedFor;
        const isNews = progress.hear(event, performance.now(), isEnd);
        if (quiet) return;
        if (verbose) {
          screen.say(style('dim', exchangeLine(event, flags.pollInterval !== undefined)));
        } else if (isNews && !screen.moves) screen.say(newsLine(event));
      },
    });
    for await (const outcome of outcomes) {
      progress.end(outcome);
      screen.result(results.put(outcome));
    }
  } finally {
    screen.close();
  }
  stdout.write(results.end());
  if (!quiet) {
    const { stderr } = process;
    const lines = summaryOf(progress.outcomes, elapsedMs(), {
      isText: output === 'text',
      columns: stderr.isTTY ? columnsOf(stderr) : Infinity,
      style,
    });
    for (const line of [...lines, ...hintOf(run, progress)]) process.stderr.write(`${line}\n`);
  }
  return exitCodeOf(progress.outcomes.flatMap(({ error }) => error?.code ?? []));
}

/** For a first word that is no model, and nearly a command. */
function hintOf({ first }: Run, { outcomes }: Progress): string[] {
  const near = first === undefined ? null : nearCommand(first);
  const isUnknown = outcomes.some(
    ({ modelId, error }) => modelId === first && error?.code === 'model_not_found',
  );
  return near !== null && isUnknown ? [`Did you mean the command? modelslab-reload ${near}`] : [];
}
