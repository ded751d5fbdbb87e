import type { Context } from '../options/context.ts';
import type { Effect, Event } from '../state/change.ts';
import { causeOf, withPlainCause } from './causes.ts';
import type { Hooks, Settled } from './driver.ts';
import { callListener } from './listener.ts';
import { sendRequest } from './request.ts';
import { OVER, type Time } from './time.ts';

interface CallHost {
  id: string;
  inbox: Effect[];
  hooks: Hooks;
  startedAt: number;
  context: Context;
  time: Time;
  dispatch: (id: string, event: Event) => void;
}

/** What belongs to one call in a Worker: its requests, its sleep and its hooks. */
export class WorkerCall {
  readonly #host: CallHost;
  readonly #requests = new Map<number, AbortController>();
  #thrown: { reason: unknown } | null = null;
  #nap = new AbortController();

  constructor(host: CallHost) {
    this.#host = host;
  }

  /** Carries out the effects in its inbox; returns the end of the call, or null if it goes on. */
  carryOut(): Settled | null {
    const { id, inbox, hooks, dispatch, time, startedAt } = this.#host;
    for (const effect of inbox.splice(0)) {
      if (this.#thrown) break;
      if (effect.type === 'send') void this.#send(effect);
      else if (effect.type === 'abort') this.#end(effect.request);
      else if (effect.type === 'begun') hooks.onBegun?.();
      else if (effect.type === 'report')
        callListener(hooks.onReply, effect.event, (reason) => this.#throw(reason));
      else {
        const { failure, outcome } = effect.result;
        if (outcome)
          outcome.elapsedMs = Math.max(outcome.elapsedMs, Math.round(time.now() - startedAt));
        const cause = failure?.code === 'aborted' ? hooks.signal?.reason : causeOf(failure);
        return { ...effect.result, cause };
      }
    }
    if (!this.#thrown) return null;
    dispatch(id, { type: 'drop', id });
    throw this.#thrown.reason;
  }

  /** Sleeps until a time, or until something of its own happens. */
  async sleepUntil(at: number): Promise<void> {
    await this.#host.time.sleepUntil(at, this.#nap.signal);
    this.#nap = new AbortController();
  }

  abort(): void {
    const { id, dispatch } = this.#host;
    dispatch(id, { type: 'leave', id });
    this.#wake();
  }

  /** Ends its open requests, which cannot outlive it, and returns their numbers. */
  close(): number[] {
    const open = [...this.#requests.keys()];
    for (const request of open) this.#end(request);
    return open;
  }

  #wake(): void {
    this.#nap.abort(OVER);
  }

  #throw(reason: unknown): void {
    this.#thrown ??= { reason };
    this.#wake();
  }

  #end(request: number): void {
    this.#requests.get(request)?.abort(OVER);
    this.#requests.delete(request);
  }

  async #send({ request, call, saved }: Effect & { type: 'send' }): Promise<void> {
    const { id, hooks, context, time, dispatch } = this.#host;
    const over = new AbortController();
    this.#requests.set(request, over);
    try {
      if (saved !== null) await hooks.onSend?.(saved);
    } catch (reason) {
      return this.#throw(reason);
    }
    if (over.signal.aborted) return;
    const reply = await sendRequest(context, call, over.signal, () => time.moment().wall);
    if (!this.#requests.delete(request)) return;
    dispatch(id, { type: 'reply', request, reply: withPlainCause(reply) });
    this.#wake();
  }
}
