import { apiRequest } from '../protocol/requests.ts';
import { createFailure, type Failure } from '../errors.ts';
import { askUntilJudged, type Wire } from '../polling/loop.ts';
import { parseModelList } from '../protocol/parse-model-list.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import { ReloadError } from '../errors.ts';
import { createRetry } from '../polling/retry-policy.ts';
import type { Run } from '../polling/run.ts';
import type { Settings } from '../settings.ts';
import { failureOfEnding, readExchange, waitAfterFailure } from '../polling/judge.ts';

/** Asks for the account's trained models; the same loop and the same failures as the reload call. */
export async function fetchTrainedModels(
  settings: Settings,
  wire: Wire,
  run: Run,
): Promise<string[]> {
  const retry = createRetry(settings);
  const heard: { ids: string[] | null; failure: Failure | null } = { ids: null, failure: null };
  let decided = false;

  await askUntilJudged(wire, run, {
    request: () => apiRequest(settings, { call: 'listTrainedModels' }),
    judge(exchange) {
      const reading = readExchange(settings, exchange);
      heard.ids = parseModelList(reading, settings.redact);
      heard.failure = heard.ids === null ? (reading.failure ?? failureOfList(reading)) : null;
      const waitMs = heard.failure && waitAfterFailure(heard.failure, retry, run);
      decided = waitMs === null;
      return waitMs;
    },
  });

  if (heard.ids !== null) return heard.ids;
  const failed =
    decided && heard.failure ? heard.failure : failureOfEnding(run, 'no reply came', heard.failure);
  throw new ReloadError(failed, { cause: failed.cause });
}

function failureOfList({ status, httpStatus }: ParsedReply): Failure {
  const what = status === 'success' ? 'no list of model ids' : `the status '${status}'`;
  return createFailure('unexpected_response', `The list of trained models came with ${what}`, {
    httpStatus: httpStatus ?? undefined,
  });
}
