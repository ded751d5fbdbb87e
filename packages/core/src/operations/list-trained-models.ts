import type { Account } from '../account/account.ts';
import { createTarget, type Target } from '../account/target.ts';
import { waitFor } from '../account/wait.ts';
import { createFailure, ReloadError, type Failure } from '../errors.ts';
import type { Caller } from '../polling/caller.ts';
import { createRetryPolicy } from '../polling/retry-policy.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import { readText } from '../protocol/reply-text.ts';
import { createRequest } from '../protocol/requests.ts';
import { toLine } from '../text.ts';

/** The account's list of trained models; calls at the same time share one request. */
export interface TrainedModels {
  readonly target: Target;
  /** The ids of the last reply; null if it had none. */
  readonly ids: readonly string[] | null;
}

export function createTrainedModels({ context }: Pick<Account, 'context'>): TrainedModels {
  const policy = createRetryPolicy(context);
  let ids: string[] | null = null;

  const target = createTarget({
    isModel: false,
    isBeginning: () => true,

    request: () => createRequest(context, { call: 'listTrainedModels' }),

    receive(parsed, now) {
      ids = readIds(parsed, context.redact);
      if (ids !== null) {
        policy.reset();
        return null;
      }
      const failed = parsed.failure ?? failureOfList(parsed);
      // A page of a proxy says nothing about the list.
      const failure = { ...failed, retryable: failed.retryable || failed.retryableAfterAcceptance };
      if (failure.code === 'rate_limited' && failure.scope === 'account') return failure;
      target.nextAt = now + (failure.retryable ? policy.afterFailure(failure) : 0);
      const isRequested = failure.code === 'rate_limited' || failure.retryAfterMs !== null;
      target.pause = failure.retryable && isRequested ? { failure, since: now } : null;
      return failure;
    },

    expire: () => policy.reset(),
  });

  return {
    target,
    get ids() {
      return ids;
    },
  };
}

/**
 * Returns the ids of the account's trained models, each once.
 *
 * @throws {ReloadError} with the failure's code
 */
export async function listTrainedModels(
  account: Account,
  trained: TrainedModels,
  caller: Caller,
): Promise<string[]> {
  const { failure } = await waitFor(account, trained.target, caller, {
    isReached: () => true,
    isAccepted: () => false,
  });
  if (failure) throw new ReloadError(failure, { cause: failure.cause });
  return [...(trained.ids ?? [])];
}

/** Returns the distinct ids of a successful reply; null for any other, or if its list holds anything else. */
function readIds(parsed: ParsedReply, redact: (text: string) => string): string[] | null {
  const { data } = parsed.body;
  if (parsed.status !== 'success' || !Array.isArray(data)) return null;
  const ids = data.map((id: unknown) => (typeof id === 'object' ? null : readText(id)));
  return ids.includes(null) ? null : [...new Set(ids.map((id) => toLine(redact(id ?? ''))))];
}

function failureOfList({ status, httpStatus }: ParsedReply): Failure {
  const what = status === 'success' ? 'no list of model ids' : `the status '${status}'`;
  return createFailure('unexpected_response', `The list of trained models has ${what}`, {
    httpStatus,
  });
}
