import type { Failure } from '../errors.ts';
import type { ReplyWords } from '../protocol/parse-reply.ts';

/** The last reply to a target: when it came, on both clocks, and what it means for calls. */
export interface Replied {
  at: number;
  wall: number;
  /** `sent` of its request. */
  request: number;
  reply: ReplyWords;
  failure: Failure | null;
}

/** Returns a number that is larger for what is known later: after a request has left, and after its reply. */
export function versionOf({ sent, replied }: { sent: number; replied: Replied | null }): number {
  return 2 * sent + (replied?.request === sent ? 1 : 0);
}
