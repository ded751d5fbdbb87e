import type { Account } from '../account/account.ts';
import type { ImageCheck } from '../account/image-check.ts';
import type { Models } from '../account/models.ts';
import type { Reply, WaitReason } from '../account/target.ts';
import { waitFor } from '../account/wait.ts';
import { toOutcomeError, type Failure } from '../errors.ts';
import type { ReplyEvent, Until } from '../options.ts';
import { initialOutcome, type Outcome } from '../outcome.ts';
import type { Caller } from '../polling/caller.ts';

export interface ReloadCall {
  modelId: string;
  until: Until;
  /** Milliseconds. A success or an image that is not older is returned without a request. */
  maxAgeMs: number;
  imagePrompt: string;
  onReply: ((event: ReplyEvent) => unknown) | undefined;
}

/** The outcome of one model, and the cause of its error if there is one. */
export interface Reloaded {
  outcome: Outcome;
  cause: unknown;
}

/**
 * Reloads one model for one caller; callers of the same model share its requests.
 *
 * @throws what the caller's `onReply` throws
 */
export async function reloadModel(
  account: Account,
  models: Models,
  caller: Caller,
  call: ReloadCall,
): Promise<Reloaded> {
  const { time } = account;
  const { modelId, until, maxAgeMs } = call;
  const model = models.model(modelId);
  const check = until === 'image' ? models.imageCheck(modelId, call.imagePrompt) : null;
  /** Returns whether a result from `at` is recent enough to be returned without a request. */
  const isFresh = (at: number | undefined | null) =>
    at != null && maxAgeMs > 0 && time.now() - at <= maxAgeMs;
  const events = reportTo(account, caller, call);
  let requests = 0;

  const reload = async (): Promise<Failure | null> => {
    if (isFresh(model.succeededAt)) return null;
    if (until === 'accepted' && model.isAcceptanceFresh()) return null;
    const remembered = model.rememberedFailure();
    if (remembered) return remembered;
    const result = await waitFor(account, model, caller, {
      isReached: () => model.wait.status === 'success' || until === 'accepted',
      isAccepted: () => model.wait.status !== 'error',
      lastKnown: () => {
        const { lastStatus, message } = model.wait;
        return [lastStatus, message].filter(Boolean).join(', ') || null;
      },
      nextInMs: () => check && Math.max(0, Math.round(check.nextAt - time.now())),
      ...events,
    });
    requests += result.requests;
    return result.failure;
  };

  const checkImage = async (images: ImageCheck) => {
    if (isFresh(images.image?.at)) return null;
    const remembered = images.rememberedFailure();
    if (remembered) return remembered;
    const result = await waitFor(account, images, caller, {
      isReached: () => images.image !== null,
      isAccepted: () => true,
      ...events,
    });
    requests += result.requests;
    return result.failure;
  };

  let failure: Failure | null = null;
  let isChecked = check !== null;
  if (!isFresh(check?.image?.at)) {
    failure = await reload();
    isChecked &&= failure === null;
    if (check && isChecked) failure = await checkImage(check);
  }
  models.rest(modelId, check ? call.imagePrompt : undefined);
  const outcome = {
    ...initialOutcome(modelId, caller.startedWallMs, {
      ...model.wait,
      ...(check && isChecked && describeImage(check, failure)),
    }),
    requests,
    elapsedMs: Math.max(0, Math.round(time.now() - caller.startedAt)),
    error: failure && toOutcomeError(failure),
  };
  return { outcome, cause: failure?.cause };
}

/** Returns what an image check adds to the outcome of a model. */
function describeImage({ last, image }: ImageCheck, failure: Failure | null): Partial<Outcome> {
  const isDone = failure === null && image !== null;
  return {
    ...(last && { message: last.message, repliedAt: last.repliedAt }),
    ...(last?.status != null && { lastStatus: last.status }),
    ...(isDone && { status: 'success', evidence: 'image', imageUrl: image.url }),
  };
}

/** Reports replies and waits to the caller's `onReply`; an error in it ends the call. */
function reportTo({ time }: Account, caller: Caller, { modelId, onReply }: ReloadCall) {
  if (onReply === undefined) return {};
  const report = (event: ReplyEvent) => {
    const returned = onReply(event);
    if (!(returned instanceof Promise)) return;
    returned.catch((reason: unknown) => {
      caller.thrown = { reason };
      caller.wake();
    });
  };
  return {
    onReply({ parsed, failure }: Reply, nextInMs: number | null) {
      report({
        type: 'reply',
        modelId,
        attempt: caller.attempts,
        status: failure ? 'error' : parsed.status,
        message: failure?.message ?? parsed.apiMessage,
        httpStatus: parsed.httpStatus,
        errorCode: failure?.code ?? null,
        elapsedMs: Math.max(0, Math.round(time.now() - caller.startedAt)),
        nextInMs: nextInMs === null ? null : Math.round(nextInMs),
      });
    },
    onWaiting(reason: WaitReason, nextInMs: number | null) {
      report({
        type: 'waiting',
        modelId,
        reason,
        nextInMs: nextInMs === null ? null : Math.round(nextInMs),
      });
    },
  };
}
