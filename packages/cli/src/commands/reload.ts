import type { Client, Until } from '@modelslab-reload/core';
import { openClient } from '../client.ts';
import { CommandError, exitCodeFor, reportError } from '../errors.ts';
import { readApiKey } from '../input/api-key.ts';
import { checkIds, collectIds } from '../input/model-ids.ts';
import { listTrainedModels } from '../input/trained-models.ts';
import type { Io } from '../io.ts';
import type { ReloadFlags } from '../options.ts';
import { createEventLog } from '../output/event-log.ts';
import { Progress } from '../output/progress.ts';
import { createResults } from '../output/results.ts';
import { statusLine } from '../output/status-line.ts';
import { summarize, summarizeFailures } from '../output/summary.ts';
import { openTerminal, wrapColumns } from '../output/terminal.ts';
import { createTheme } from '../output/theme.ts';
import { runWithSignals } from '../signals.ts';
import { suggest } from '../suggest.ts';
import { COMMAND_NAMES } from './table.ts';

/** `modelslab-reload <model-id...>`: reloads models, waits and reports. */
export async function reload(io: Io, flags: ReloadFlags, operands: string[]): Promise<number> {
  checkFlags(flags, operands);
  const { file: files = [], exclude = [] } = flags;
  const apiKey = await readApiKey(io, flags['api-key-file']).catch((error: unknown) => {
    throw withSuggestion(error, operands);
  });
  const sourced = await collectIds(io.process, operands, files);
  checkIds([...sourced, ...exclude.map((id) => ({ id, source: '--exclude' }))], apiKey);
  const client = openClient(io, flags, apiKey);
  return runWithSignals(io, async (signal) => {
    const ids = sourced.map(({ id }) => id);
    if (flags['all-trained']) ids.push(...(await listTrainedModels(io, client, flags, signal)));
    const distinct = new Set(ids);
    const unknown = [...new Set(exclude)].filter((id) => !distinct.delete(id));
    if (unknown.length > 0 && !flags.quiet) {
      // With a typo, the model that was meant would fail every night.
      const excludes = unknown.map((id) => `--exclude ${id}`).join(' ');
      const problem = `${excludes}: not in the list of models, so nothing is left out`;
      io.process.stderr.write(`warning: ${problem}.\n`);
    }
    if (distinct.size > 0) {
      return reloadAll(io, client, flags, [...distinct], signal, operands[0]);
    }
    if (ids.length > 0 && !flags.quiet) {
      io.process.stderr.write('All models are left out, so there is none to reload.\n');
    }
    if (flags.output === 'json') io.print('[]\n');
    return 0;
  });
}

function checkFlags(flags: ReloadFlags, ids: readonly string[]): void {
  const { until = 'accepted', file: files = [] } = flags;
  if (flags['no-wait'] && until !== 'accepted') {
    throw new CommandError(`--no-wait and --until ${until} cannot be combined.`, 'Use only one.');
  }
  if ([...files, flags['api-key-file']].filter((path) => path === '-').length > 1) {
    throw new CommandError(
      'Standard input (-) is used twice.',
      'Use - for one option, and a file for the other.',
    );
  }
  if (flags['all-trained'] && until === 'image' && flags['max-images'] === undefined) {
    throw new CommandError(
      '--all-trained --until image would bill an image of every model of the account.',
      'Add --max-images <n>.',
    );
  }
  if (ids.length === 0 && files.length === 0 && !flags['all-trained']) {
    throw new CommandError(
      'No model ids were given.',
      'Give model ids, --file <path> or --all-trained; see modelslab-reload --help.',
    );
  }
}

async function reloadAll(
  io: Io,
  client: Client,
  flags: ReloadFlags,
  ids: string[],
  signal: AbortSignal,
  firstOperand: string | undefined,
): Promise<number> {
  const { output = 'text', quiet } = flags;
  const until: Until = flags['no-wait'] ? 'accepted' : (flags.until ?? 'success');
  // Checks its options, before anything is printed.
  const ended = client.reloadMany(ids, {
    until,
    timeoutMs: flags.timeout,
    maxImages: flags['max-images'],
    imageBaseModel: flags['image-base-model'],
    signal,
    onReply: (event) => log.event(event),
  });
  const startedAt = performance.now();
  const progress = new Progress(ids.length, startedAt);
  const { stdout, stderr } = io.process;
  const theme = createTheme(stdout.isTTY, io.process, flags);
  const results = createResults(output, ids, theme, () => wrapColumns(stdout));
  const terminal = openTerminal(io, flags, (frame) => statusLine(progress, frame));
  const log = createEventLog(progress, terminal, flags, until);
  const { outcomes } = progress;
  try {
    for await (const outcome of ended) {
      progress.end(outcome);
      terminal.result(results.add(outcome));
    }
  } finally {
    // The finished models are reported even if the run fails.
    log.close();
    terminal.close();
    io.print(results.end(outcomes));
    if (!quiet) {
      const lines = summarize(outcomes, performance.now() - startedAt, {
        isText: output === 'text',
        columns: wrapColumns(stderr),
        style: terminal.theme.style,
      });
      const isUnknown = outcomes.some(
        ({ modelId, error }) => modelId === firstOperand && error?.code === 'model_not_found',
      );
      if (isUnknown) lines.push(...suggestionFor(firstOperand));
      stderr.write(lines.map((line) => `${line}\n`).join(''));
    }
  }
  const failures = outcomes.flatMap(({ error }) => error?.code ?? []);
  // cron sends mail only if something is printed, and the results may go to a file.
  if (quiet && failures.length > 0) {
    reportError(io, new CommandError(summarizeFailures(outcomes)));
  }
  return exitCodeFor(failures);
}

/** Adds the likely cause to the error about a missing key: a mistyped command is parsed as a model id. */
function withSuggestion(error: unknown, [first]: readonly string[]): unknown {
  const [suggestion] = suggestionFor(first);
  if (suggestion === undefined || !(error instanceof CommandError)) return error;
  return new CommandError(error.message, `${error.hint ?? ''}\n${suggestion}`, error.exitCode);
}

function suggestionFor(operand: string | undefined): string[] {
  const near = operand === undefined ? null : suggest(operand, COMMAND_NAMES, 1);
  return near === null ? [] : [`Did you mean the command? modelslab-reload ${near}`];
}
