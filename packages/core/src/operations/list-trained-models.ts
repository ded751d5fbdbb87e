import type { Account } from '../account/account.ts';
import { isQueueFull, Target } from '../account/target.ts';
import { waitFor } from '../account/wait.ts';
import type { Context } from '../context.ts';
import { createFailure, ReloadError, type Failure } from '../errors.ts';
import type { Caller } from '../polling/caller.ts';
import { RetryPolicy } from '../polling/retry-policy.ts';
import { parseModelList } from '../protocol/parse-model-list.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';
import { createRequest } from '../protocol/requests.ts';
import type { TransportRequest } from '../transport/types.ts';

/** The account's list of trained models. Concurrent calls share one request. */
export class TrainedModels extends Target {
  /** The ids in the last reply; null if it had no list. */
  ids: readonly string[] | null = null;
  readonly #context: Context;
  readonly #policy: RetryPolicy;

  constructor(context: Context) {
    super();
    this.#context = context;
    this.#policy = new RetryPolicy(context);
  }

  isBeginning(): boolean {
    return true;
  }

  request(): TransportRequest {
    return createRequest(this.#context, { call: 'listTrainedModels' });
  }

  receive(parsed: ParsedReply, now: number): Failure | null {
    this.ids = parseModelList(parsed, this.#context.redact);
    if (this.ids !== null) {
      this.#policy.reset();
      return null;
    }
    const failed = parsed.failure ?? failureOfList(parsed);
    // A proxy's error page is not a reply about the list, so it is retried.
    const isRetryable = failed.retryable || failed.retryableAfterAcceptance;
    const failure = { ...failed, retryable: isRetryable };
    if (isQueueFull(failure)) return failure;
    this.waitUntil(now + (isRetryable ? this.#policy.afterFailure(failure) : 0), failure, now);
    return failure;
  }

  expire(): void {
    this.#policy.reset();
  }
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
  const { failure } = await waitFor(account, trained, caller, {
    isReached: () => true,
    isAccepted: () => false,
  });
  if (failure) throw new ReloadError(failure, { cause: failure.cause });
  return [...(trained.ids ?? [])];
}

function failureOfList({ status, httpStatus }: ParsedReply): Failure {
  const what = status === 'success' ? 'no list of model ids' : `the status '${status}'`;
  return createFailure('unexpected_response', `The list of trained models has ${what}`, {
    httpStatus,
  });
}
