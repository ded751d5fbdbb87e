import { parseReply } from '../src/protocol/parse-reply.ts';
import type { ApiCall } from '../src/protocol/requests.ts';
import { createRedactor } from '../src/redaction/redact.ts';
import type { Change } from '../src/state/change.ts';
import { createState } from '../src/state/state.ts';
import type { Target } from '../src/state/state.ts';
import { expire, nextRequest, receive, rememberedFailure } from '../src/targets/target.ts';
import { KEY, WALL_START_MS } from './scripted-api.ts';

/** Creates one target without calls or a driver: the test sends, receives and moves the clock. */
export function createTargetContext(target: Target, pollIntervalMs: number | null = null) {
  const redact = createRedactor(KEY);
  const state = createState();
  let now = 0;
  const change = (): Change => ({
    state,
    now,
    wall: WALL_START_MS + now,
    rules: {
      concurrency: 2,
      maxRetries: 3,
      pollIntervalMs,
      requestTimeoutMs: 150_000,
      random: () => 0,
      redact,
      maySend: () => true,
    },
    effects: [],
    touched: new Set(),
    joined: null,
  });
  return {
    now: () => now,
    /** Advances the clock by `seconds`. */
    wait: (seconds: number) => {
      now += seconds * 1000;
    },
    request: (): ApiCall => nextRequest(target),
    /** Receives a reply of the API; a string body is sent unchanged. */
    receive: (body: object | string, status = 200) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const reply = parseReply({ status, headers: {}, text }, redact, WALL_START_MS + now);
      return receive(change(), target, reply);
    },
    expire: () => expire(change(), target),
    rememberedFailure: () => rememberedFailure(change(), target),
  };
}
