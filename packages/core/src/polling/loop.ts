import type { Clock, Transport, TransportReply, TransportRequest } from '../transport/types.ts';
import type { Run } from './run.ts';

/** What one exchange came to: a whole reply, or what the transport threw. */
export type Exchange = { reply: TransportReply } | { thrown: unknown } | 'timed out';

/** How requests go out. */
export interface Wire {
  transport: Transport;
  clock: Clock;
  requestTimeoutMs: number;
  /** Runs `exchange` when one of the places for open exchanges is free. */
  place: <Result>(exchange: () => Promise<Result>) => Promise<Result>;
}

// Given as the reason, it spares the making of an error with its stack for every request.
const OVER = new DOMException('The request is over.', 'AbortError');

/** What is asked, and what becomes of each answer. */
export interface Asking {
  /** The next request; called as it goes out. */
  request(): TransportRequest;
  /** Milliseconds until the next request, counted from now; null where there is none. */
  judge(exchange: Exchange): number | null;
}

/**
 * The one loop that asks again, for retry and waiting alike: ask, judge, sleep, ask again. Ends when
 * `judge` says so, or when the run does.
 */
export async function askUntilJudged(wire: Wire, run: Run, asking: Asking): Promise<void> {
  const { clock } = wire;
  let nextAt = clock.now();
  while (!run.halted.isShut) {
    if (run.remainingMs() <= 0) return run.expire();
    const sleepMs = Math.max(nextAt, run.pausedUntil()) - clock.now();
    if (sleepMs > 0) {
      await sleep(clock, sleepMs, run);
      continue;
    }
    const waitMs = await wire.place(async () => {
      // The run may have ended, or been paused, while this request stood in line.
      if (run.halted.isShut || run.pausedUntil() > clock.now()) return 0;
      const exchange = await exchangeOnce(wire, run, asking.request());
      // Judged before the place goes to the next in line: that one may not be sent any more.
      return exchange === null ? 0 : asking.judge(exchange);
    });
    if (waitMs === null) return;
    nextAt = clock.now() + waitMs;
  }
}

/** Sends one request; null where the run was cut before it came to anything. */
async function exchangeOnce(
  wire: Wire,
  run: Run,
  request: TransportRequest,
): Promise<Exchange | null> {
  const over = new AbortController();
  try {
    const exchange = wire.transport(request, over.signal).then((reply) => ({ reply }));
    const timeout = sleepInTime(wire.clock, wire.requestTimeoutMs, run, over.signal);
    return await run.cut.race<Exchange>(
      exchange,
      timeout.then(() => 'timed out'),
    );
  } catch (thrown) {
    return { thrown };
  } finally {
    // Ends the request, or the timer, whichever still goes on.
    over.abort(OVER);
  }
}

// A host's sleep may ignore its signal (older n8n does), so the end of the run is raced as well.
async function sleep(clock: Clock, ms: number, run: Run): Promise<void> {
  const over = new AbortController();
  await run.halted.race(sleepInTime(clock, ms, run, over.signal));
  over.abort(OVER);
}

/** Sleeps, but not beyond the deadline: where that comes first, the run is over. */
async function sleepInTime(clock: Clock, ms: number, run: Run, signal: AbortSignal): Promise<void> {
  const leftMs = run.remainingMs();
  await clock.sleep(Math.min(ms, leftMs), signal);
  if (leftMs <= ms && !signal.aborted) run.expire();
}
