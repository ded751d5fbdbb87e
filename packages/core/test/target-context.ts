import { createVirtualClock } from '@modelslab-reload/emulator';
import { checkClientOptions } from '../src/check-options.ts';
import type { Context } from '../src/context.ts';
import { createTime } from '../src/polling/time.ts';
import { parseReply } from '../src/protocol/parse-reply.ts';
import { createRedactor } from '../src/redaction/redact.ts';
import { KEY } from './scripted-api.ts';

/** Creates what a target needs without an account. Nothing is sent, and the test moves the clock. */
export function createTargetContext(pollIntervalMs?: number) {
  const clock = createVirtualClock(Date.parse('2026-11-21T20:15:00Z'));
  const startedAt = clock.now();
  const transport = () => Promise.reject(new Error('A target sends nothing itself.'));
  const redact = createRedactor(KEY);
  const options = checkClientOptions({
    apiKey: KEY,
    ...(pollIntervalMs !== undefined && { pollIntervalMs }),
  });
  const context: Context = { ...options, transport, redact, random: () => 0, isIsolated: false };
  return {
    context,
    time: createTime({ now: clock.now, sleep: clock.sleep }),
    startedAt,
    now: () => clock.now(),
    /** Advances the clock by `seconds`. */
    wait: (seconds: number) => clock.run(() => clock.sleep(seconds * 1000)),
    /** Parses a reply of the API; a string body is sent unchanged. */
    parse: (body: object | string, status = 200) =>
      parseReply(
        { status, headers: {}, text: typeof body === 'string' ? body : JSON.stringify(body) },
        redact,
        clock.now(),
      ),
  };
}
