import { apiRequest } from '../protocol/requests.ts';
import { createDrawing, type Step } from './image-check.ts';
import { toOutcomeError, type Failure } from '../errors.ts';
import { askUntilJudged, type Wire } from '../polling/loop.ts';
import type { ReplyEvent, Until } from '../options.ts';
import { initialOutcome, type Outcome } from '../outcome.ts';
import { createRetry } from '../polling/retry-policy.ts';
import { readEta } from '../protocol/retry-after.ts';
import type { Run } from '../polling/run.ts';
import type { Settings } from '../settings.ts';
import { failureOfEnding, readExchange, waitAfterFailure } from '../polling/judge.ts';

export interface ReloadCall {
  modelId: string;
  until: Until;
  imagePrompt: string;
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
  const outcome = initialOutcome(modelId, startedAt);
  const heard: { last: string; failure: Failure | null } = { last: 'no reply came', failure: null };
  let decided = false;
  let attempt = 0;

  const draw = () => {
    const order = { modelId, prompt: call.imagePrompt };
    step = createDrawing(settings, run, order, ({ url }) => {
      outcome.evidence = 'image';
      outcome.imageUrl = url;
    });
    // Another request, which need not keep its distance from the last.
    return 0;
  };
  let step = createReloading(settings, run, call, outcome, until === 'image' ? draw : () => null);

  await askUntilJudged(wire, run, {
    request() {
      attempt++;
      outcome.requests++;
      return step.request();
    },

    judge(exchange) {
      const reading = readExchange(settings, exchange);
      const { apiStatus, apiMessage } = reading;
      if (reading.httpStatus !== null) outcome.repliedAt = new Date(clock.now()).toISOString();
      if (reading.isApiReply) {
        outcome.message = apiMessage;
        outcome.firstStatus ??= apiStatus;
        outcome.lastStatus = apiStatus ?? outcome.lastStatus;
      }
      const { failure, waitMs } = step.judge(reading);
      if (failure && !failure.maybeSent) outcome.requests--;
      decided = waitMs === null;
      heard.failure = failure;
      heard.last = `last heard: ${failure?.message ?? [apiStatus, apiMessage].filter(Boolean).join(', ')}`;
      call.onReply?.({
        type: 'reply',
        modelId,
        attempt,
        status: failure ? 'error' : reading.status,
        message: failure?.message ?? apiMessage,
        httpStatus: reading.httpStatus,
        errorCode: failure?.code ?? null,
        elapsedMs: elapsedMs(),
        // A request that the deadline forestalls does not follow.
        nextInMs: waitMs === null || waitMs >= run.remainingMs() ? null : Math.round(waitMs),
      });
      return waitMs;
    },
  });

  const taken = outcome.status !== 'error';
  const failed = decided
    ? heard.failure
    : failureOfEnding(run, heard.last, taken ? null : heard.failure);
  outcome.elapsedMs = elapsedMs();
  outcome.error = failed && toOutcomeError(failed);
  return { outcome, cause: failed?.cause ?? null };
}

/**
 * The reload call, made until the API said `success`, or took it where that is enough.
 *
 * @param onSuccess gives the wait for what is asked after a success; null where nothing is
 */
function createReloading(
  settings: Settings,
  run: Run,
  { modelId, until }: ReloadCall,
  outcome: Outcome,
  onSuccess: () => number | null,
): Step {
  const retry = createRetry(settings);
  return {
    request: () => apiRequest(settings, { call: 'reload', fields: { model_id: modelId } }),

    judge(reading) {
      const { failure } = reading;
      if (failure) {
        if (!failure.retryable) outcome.status = 'error';
        return { failure, waitMs: waitAfterFailure(failure, retry, run) };
      }
      if (reading.status === 'processing') {
        outcome.status = 'processing';
        if (until === 'accepted') return { failure, waitMs: null };
        const etaMs = readEta(reading.body);
        // To wait beyond the deadline would be to give up now.
        const isInTime = etaMs !== null && etaMs < run.remainingMs();
        return { failure, waitMs: retry.afterProcessing(isInTime ? etaMs : null) };
      }
      outcome.evidence = outcome.status === 'processing' ? 'change' : 'reply';
      outcome.status = 'success';
      return { failure, waitMs: onSuccess() };
    },
  };
}
