import { apiRequest } from '../protocol/requests.ts';
import { createFailure, type Failure } from '../errors.ts';
import { askUntilJudged, type Wire } from '../polling/loop.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import { ReloadError } from '../errors.ts';
import { readText } from '../protocol/reply-text.ts';
import { toLine } from '../text.ts';
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
      heard.ids = readIds(settings, reading);
      heard.failure = reading.failure;
      if (heard.ids === null) heard.failure ??= failureOfList(reading);
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

/** The distinct ids of a successful reply; null for any other, or where its list holds anything else. */
function readIds(settings: Settings, reading: ParsedReply): string[] | null {
  const { data } = reading.body;
  if (reading.status !== 'success' || !Array.isArray(data)) return null;
  const ids = data.map((id: unknown) => (typeof id === 'object' ? null : readText(id)));
  return ids.includes(null)
    ? null
    : [...new Set(ids.map((id) => toLine(settings.redact(id ?? ''))))];
}

function failureOfList({ status, httpStatus }: ParsedReply): Failure {
  const what = status === 'success' ? 'no list of model ids' : `the status '${status}'`;
  return createFailure('unexpected_response', `The list of trained models came with ${what}`, {
    httpStatus: httpStatus ?? undefined,
  });
}
