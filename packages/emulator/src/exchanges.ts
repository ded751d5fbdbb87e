import { Account } from './account.ts';
import { complaintOf, createCalls } from './calls.ts';
import type { Answer, EmulatorRequest, RecordedRequest } from './exchange.ts';
import type { Settings } from './options.ts';
import {
  invalidBody,
  invalidKey,
  rateLimited,
  tooLarge,
  unknownPath,
  wrongMethod,
} from './replies.ts';
import { bodyOf, pathOf, seenOf } from './seen.ts';

/** The longest body that is read, in bytes: 1 MiB. */
export const longestBody = 2 ** 20;

/** All exchanges with one emulated account, whatever wire they come by. */
export class Exchanges {
  readonly requests: RecordedRequest[] = [];
  readonly account: Account;
  readonly #settings: Settings;
  readonly #callAt: ReturnType<typeof createCalls>;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.account = new Account(settings);
    this.#callAt = createCalls(settings, this.account);
  }

  /**
   * One exchange. `deliver` does with the answer what a wire does: it sends a reply or plays a fault, and the
   * exchange is open until it settles.
   *
   * @throws the signal's reason, or what `deliver` throws
   */
  async exchange<T>(
    request: EmulatorRequest,
    signal: AbortSignal,
    deliver: (answer: Answer) => T | Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const { apiKey, clock, intercept, log } = this.#settings;
    const seen = seenOf(request, apiKey, clock.now());
    const number = this.requests.push(seen);
    log(`#${number} ${printable(`${seen.method} ${seen.path} ${seen.modelId ?? ''}`)}`);

    let reply: RecordedRequest['reply'] = 'aborted';
    let word = '';
    try {
      const answer = intercept(seen) ?? (await this.#answer(request, seen, signal));
      signal.throwIfAborted();
      reply = endOf(answer);
      word = statusWordOf(answer);
      return await deliver(answer);
    } finally {
      this.account.close(seen);
      seen.reply = signal.aborted ? 'aborted' : reply;
      seen.endedAt = clock.now();
      log(`#${number} ${seen.reply} ${word}`.trimEnd());
    }
  }

  /** The checks in the order in which a server makes them. */
  #answer(
    request: EmulatorRequest,
    seen: RecordedRequest,
    signal: AbortSignal,
  ): Answer | Promise<Answer> {
    const { apiKey, queueLimit, retryAfterMs } = this.#settings;
    const call = this.#callAt(pathOf(request.url));
    if (call === null) return unknownPath;
    if (request.method !== 'POST') return wrongMethod;
    if (Buffer.byteLength(request.body) > longestBody) return tooLarge;
    const body = bodyOf(request.body);
    if (body === null) return invalidBody;
    if (body['key'] !== apiKey) return invalidKey;
    const complaint = complaintOf(call, body);
    if (complaint !== null) return complaint;
    if (!this.account.admit(seen)) return rateLimited(queueLimit, retryAfterMs);
    return call.answer(body, signal);
  }
}

function endOf(answer: Answer): RecordedRequest['reply'] {
  if (answer instanceof Error) return 'reset';
  if (typeof answer !== 'string') return answer.status;
  // Only the client ends these.
  return answer === 'hangs' || answer === 'drips' ? 'aborted' : answer;
}

/** `processing`, say: for the log, which shows nothing else of a body, since a message may hold the key. */
function statusWordOf(answer: Answer): string {
  if (answer instanceof Error || typeof answer === 'string') return '';
  return /^\{"status":"(\w+)"/.exec(answer.text)?.[1] ?? '';
}

/** One short line, whatever a client sent. */
function printable(text: string): string {
  const line = text.trimEnd().replace(/\p{C}/gu, '?');
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}
