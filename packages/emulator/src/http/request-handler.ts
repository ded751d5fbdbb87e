import { createRouter, validateBody } from '../api/router.ts';
import { createError, createJson, createRateLimited } from '../api/replies.ts';
import type { ResolvedOptions } from '../options.ts';
import { createAccount } from '../state/account.ts';
import { MAX_BODY_BYTES, parseBody, parseOrigin, parsePath, type Body } from './parse-request.ts';
import { recordRequest } from './record-request.ts';
import type { Answer, EmulatorRequest, RecordedRequest } from './types.ts';

/** More are dropped, the oldest first: an emulator may run for weeks. */
const MAX_RECORDS = 10_000;

export type RequestHandler = ReturnType<typeof createRequestHandler>;

/** Creates a function that handles all requests to one emulated account, with or without a socket. */
export function createRequestHandler(options: ResolvedOptions) {
  const { apiKey, clock, intercept, latencyMs, log } = options;
  const account = createAccount(options);
  const findEndpoint = createRouter(options, account);
  const requests: RecordedRequest[] = [];
  let count = 0;

  /** Checks the request in the same order as a server. */
  function answer(
    request: EmulatorRequest,
    body: Body | null,
    recorded: RecordedRequest,
    signal: AbortSignal,
  ): Answer | Promise<Answer> {
    const endpoint = findEndpoint(parsePath(request.url));
    if (endpoint === undefined) return createError(404, 'Not found');
    if (request.method !== 'POST') {
      const reply = createError(405, 'Method not allowed');
      return { ...reply, headers: { ...reply.headers, allow: 'POST' } };
    }
    const isTooLarge = Buffer.byteLength(request.body) > MAX_BODY_BYTES;
    if (isTooLarge) return createError(413, 'Payload too large');
    if (body === null) {
      const tips = 'the body must be a JSON object';
      return createJson(400, { status: 'error', message: 'Invalid API Request', tips });
    }
    if (body['key'] !== apiKey) return createError(401, 'Invalid API key');
    const invalid = validateBody(endpoint, body);
    if (invalid !== null) return invalid;
    if (!account.tryAcquire(recorded)) return createRateLimited(options);
    return endpoint.answer(body, signal, parseOrigin(request));
  }

  /** Handles one request. `deliver` sends the answer or causes its fault; the request is open until it settles. */
  async function handle<T>(
    request: EmulatorRequest,
    signal: AbortSignal,
    deliver: (answer: Answer) => T | Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const body = parseBody(request.body);
    const recorded = recordRequest(request, body, apiKey, clock.now());
    const number = ++count;
    if (requests.push(recorded) > MAX_RECORDS) requests.shift();
    const { method, path, modelId } = recorded;
    log(`#${number} ${toLine(`${method} ${path} ${modelId ?? ''}`)}`);

    let reply: RecordedRequest['reply'] = 'aborted';
    let status = '';
    try {
      const result = intercept(recorded) ?? (await answer(request, body, recorded, signal));
      if (latencyMs > 0) await clock.sleep(latencyMs, signal);
      signal.throwIfAborted();
      reply = getReplyKind(result);
      status = readStatusWord(result);
      return await deliver(result);
    } finally {
      account.release(recorded);
      recorded.reply = signal.aborted ? 'aborted' : reply;
      recorded.endedAt = clock.now();
      log(`#${number} ${recorded.reply} ${status}`.trimEnd());
    }
  }

  return { account, requests, handle };
}

function getReplyKind(answer: Answer): RecordedRequest['reply'] {
  if (answer instanceof Error) return 'reset';
  if (typeof answer !== 'string') return answer.status;
  // Only the client ends these.
  return answer === 'hangs' || answer === 'drips' ? 'aborted' : answer;
}

/** Returns the status word for the log, which shows nothing else of a body, because a message may contain the key. */
function readStatusWord(answer: Answer): string {
  if (answer instanceof Error || typeof answer === 'string') return '';
  return /^\{"status":"(\w+)"/.exec(answer.text)?.[1] ?? '';
}

/** Formats untrusted text as one short printable line. */
function toLine(text: string): string {
  const line = text.trimEnd().replace(/\p{C}/gu, '?');
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}
