import { causeOf } from '../errors.ts';
import type { Context } from '../options/context.ts';
import type { Effect, Event } from '../state/change.ts';
import type { Subject } from '../state/subject.ts';
import type { Hooks, Settled } from './driver.ts';
import type { ReplyEvent } from '../options.ts';
import { sendRequest } from './request.ts';
import { OVER, type Time } from './time.ts';

/** A call that runs: its hooks, and its two ends. */
export interface Running {
  hooks: Hooks;
  settle: (settled: Settled) => void;
  /** Ends the call with what one of its hooks threw. */
  fail: (thrown: unknown) => void;
}

interface Host {
  context: Context;
  time: Time;
  dispatch: (event: Event) => void;
  /** Returns a call; undefined if it has ended. */
  callOf: (id: string) => Running | undefined;
  onFollow?: ((subject: Subject, isFollowed: boolean) => void) | undefined;
}

/** Carries out the effects of transitions, and owns the requests that they send. */
export function createEffects({ context, time, dispatch, callOf, onFollow }: Host) {
  const open = new Map<number, AbortController>();

  const abort = (request: number) => {
    open.get(request)?.abort(OVER);
    open.delete(request);
  };

  const send = async ({ request, call, step }: Effect & { type: 'send' }) => {
    const over = new AbortController();
    open.set(request, over);
    if (step) {
      const sender = callOf(step.id);
      try {
        await sender?.hooks.onSend?.(step.saved);
      } catch (thrown) {
        open.delete(request);
        return sender?.fail(thrown);
      }
    }
    if (over.signal.aborted) return;
    const reply = await sendRequest(context, call, over.signal, () => time.moment().wall);
    if (open.delete(request)) dispatch({ type: 'reply', request, reply });
  };

  return {
    carryOut(effect: Effect): void {
      if (effect.type === 'send') return void send(effect);
      if (effect.type === 'abort') return abort(effect.request);
      if (effect.type === 'follow') return onFollow?.(effect.subject, effect.isFollowed);
      const call = callOf(effect.id);
      if (call === undefined) return;
      const { hooks, fail } = call;
      try {
        if (effect.type === 'begun') return hooks.onBegun?.();
        if (effect.type === 'report') return callListener(hooks.onReply, effect.event, fail);
        const { failure } = effect.result;
        const cause = failure?.code === 'aborted' ? hooks.signal?.reason : causeOf(failure);
        call.settle({ ...effect.result, cause });
      } catch (thrown) {
        // It ends this call alone, even if a getter of a host's signal throws.
        fail(thrown);
      }
    },

    /** Ends the open requests. */
    close(): void {
      for (const request of open.keys()) abort(request);
    },
  };
}

/**
 * Calls the `onReply` of a call.
 *
 * @param onError called with what its promise rejects with, even one of another realm
 * @throws what it throws
 */
function callListener(
  onReply: Hooks['onReply'],
  event: ReplyEvent,
  onError: (thrown: unknown) => void,
): void {
  const returned: unknown = onReply?.(event);
  if (typeof returned !== 'object' || returned === null || !('then' in returned)) return;
  Promise.resolve(returned).catch(onError);
}
