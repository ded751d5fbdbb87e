import type { Context } from '../options/context.ts';
import { createFailure } from '../errors.ts';
import { parseReply, type ParsedReply } from '../protocol/parse-reply.ts';
import { createRequest, type ApiCall } from '../protocol/requests.ts';
import { withoutReply } from '../targets/replies.ts';
import { parseTransportError } from '../transport/errors.ts';

/**
 * Sends one request and returns its reply, or what stands for it if the transport throws. Never rejects, whatever the
 * transport throws or returns.
 *
 * @param wallMs milliseconds since 1970, for a `Retry-After` date without a `Date` header
 */
export async function sendRequest(
  context: Context,
  call: ApiCall,
  signal: AbortSignal,
  wallMs: () => number,
): Promise<ParsedReply> {
  const { transport, redact } = context;
  let reply;
  try {
    reply = await transport(createRequest(context, call), signal);
  } catch (thrown) {
    return withoutReply(parseTransportError(thrown, redact));
  }
  try {
    return parseReply(reply, redact, wallMs());
  } catch {
    // A custom transport may return anything. An invalid value must end only one model, not the process.
    return withoutReply(
      createFailure('unexpected_response', 'The transport returned no valid reply'),
    );
  }
}
