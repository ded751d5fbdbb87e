import { apiRequest } from './api.ts';
import { toOutcomeError, type Failure } from './failure.ts';
import { askUntilJudged, type Wire } from './loop.ts';
import type { ReplyEvent, Until } from './options.ts';
import type { Outcome } from './outcome.ts';
import { createRetry } from './retry.ts';
import type { Run } from './run.ts';
import type { Settings } from './settings.ts';
import { failureOfEnding, readExchange, waitAfterFailure } from './judge.ts';

export interface ReloadCall {
  modelId: string;
  until: Until;
  onReply: ((event: ReplyEvent) => void) | undefined;
}

/** What became of one model, and what the transport threw, where that decided it. */
export interface Reloaded {
  outcome: Outcome;
  cause: Error | null;
}

/**
 * Reloads one model: makes the call, and makes it again until what was asked for is reached, the call
 * fails for good, or the run ends.
 */
export async function reloadModel(
  settings: Settings,
  wire: Wire,
  run: Run,
  call: ReloadCall,
): Promise<Reloaded> {
  const { clock } = settings;
  const { modelId, until } = call;
  const startedAt = clock.now();
  const elapsedMs = () => Math.max(0, Math.round(clock.now() - startedAt));
  const retry = createRetry(settings);
  const outcome = outcomeBefore(modelId, startedAt);
  const heard: { last: string; failure: Failure | null } = { last: 'no reply came', failure: null };
  let decided = false;
  let attempt = 0;

  await askUntilJudged(wire, run, {
    request: apiRequest(settings, 'reload', { model_id: modelId }),

    onSend() {
      attempt++;
      outcome.requests++;
    },

    judge(exchange) {
      const reading = readExchange(settings, exchange);
      const { failure } = reading;
      if (reading.said) {
        outcome.message = reading.said.message;
        outcome.firstStatus ??= reading.said.word;
        outcome.lastStatus = reading.said.word ?? outcome.lastStatus;
      }

      let waitMs: number | null = null;
      if (failure) {
        if (!failure.sent) outcome.requests--;
        if (!failure.passing) outcome.status = 'error';
        waitMs = waitAfterFailure(failure, retry, run);
      } else if (reading.status === 'success') {
        outcome.evidence = outcome.status === 'processing' ? 'change' : 'reply';
        outcome.status = 'success';
      } else {
        outcome.status = 'processing';
        if (until !== 'accepted') waitMs = retry.afterProcessing();
      }
      decided = waitMs === null;

      const said = [reading.said?.word, reading.said?.message].filter(Boolean).join(', ');
      heard.failure = failure;
      heard.last = `last heard: ${failure?.message ?? said}`;
      call.onReply?.({
        modelId,
        attempt,
        status: reading.status,
        message: failure?.message ?? reading.said?.message ?? null,
        httpStatus: reading.httpStatus,
        errorCode: failure?.code ?? null,
        elapsedMs: elapsedMs(),
        nextInMs: waitMs === null ? null : Math.round(waitMs),
      });
      return waitMs;
    },
  });

  const taken = outcome.status === 'processing';
  const failed = decided
    ? heard.failure
    : failureOfEnding(run, heard.last, taken ? null : heard.failure);
  outcome.elapsedMs = elapsedMs();
  outcome.error = failed && toOutcomeError(failed);
  return { outcome, cause: failed?.cause ?? null };
}

/** The outcome of a model that nothing is known about yet. */
export function outcomeBefore(modelId: string, startedAt: number): Outcome {
  return {
    modelId,
    status: 'error',
    evidence: null,
    message: null,
    firstStatus: null,
    lastStatus: null,
    requests: 0,
    startedAt: new Date(startedAt).toISOString(),
    elapsedMs: 0,
    error: null,
  };
}
