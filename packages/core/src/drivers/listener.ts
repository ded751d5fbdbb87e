import type { ReplyEvent } from '../options.ts';

/**
 * Calls the `onReply` of a call.
 *
 * @param onError called with what it throws, or with what its promise rejects with, even one of another realm
 */
export function callListener(
  onReply: ((event: ReplyEvent) => unknown) | undefined,
  event: ReplyEvent,
  onError: (thrown: unknown) => void,
): void {
  try {
    const returned: unknown = onReply?.(event);
    if (typeof returned !== 'object' || returned === null || !('then' in returned)) return;
    Promise.resolve(returned).catch(onError);
  } catch (thrown) {
    onError(thrown);
  }
}
