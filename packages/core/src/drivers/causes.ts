import type { Failure } from '../errors.ts';
import type { ParsedReply } from '../protocol/parse-reply.ts';

/** Returns a reply whose failure has its cause as plain data, for the state. */
export function withPlainCause(reply: ParsedReply): ParsedReply {
  const { failure } = reply;
  if (!(failure?.cause instanceof Error)) return reply;
  const { name, message, stack } = failure.cause;
  const code = 'code' in failure.cause ? { code: failure.cause.code } : {};
  return { ...reply, failure: { ...failure, cause: { name, message, stack, ...code } } };
}

/** Returns the cause of a failure as an error again; undefined without one. */
export function causeOf(failure: Failure | null): unknown {
  const data = failure?.cause;
  if (typeof data !== 'object' || data === null) return undefined;
  const { message, ...fields }: { message?: string; name?: string; stack?: string } = data;
  return Object.assign(new Error(message), fields);
}
