/** Models of the emulator whose waits take different ways to their end. */
export const WAIT_IDS = [
  'a',
  'fails-once',
  'spam-filtered',
  'rate-limited-once',
  'second-reply-html',
  'not-found',
  'server-error',
  'always-processing',
  'out-of-credits',
  'says-success-while-loading',
] as const;
