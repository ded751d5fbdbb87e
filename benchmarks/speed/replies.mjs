import { parseReply } from '../../packages/core/dist/protocol/parse-reply.js';
import { createRedactor } from '../../packages/core/dist/redaction/redact.js';
import { medians } from './timing.mjs';

const ROUNDS = 41;
const READS = 20_000;

const REPLIES = {
  success: { status: 'success', message: 'Model reloaded' },
  processing: { status: 'processing', message: 'Model is reloading', eta: 95.5, tip: 'Ask again' },
  'an error': { status: 'error', message: 'Model not found: my-model' },
  'the longest known error': {
    status: 'error',
    message: 'Rate limit exceeded',
    tips: 'you are sending same request multiple times, spam filter is enabled, please wait for 30 seconds and try again',
  },
};

/** One reply read, against its JSON parsed. */
export async function timeReading() {
  // As long as the vendor's keys are: the longer, the more spellings are looked for.
  const redact = createRedactor('k3y'.repeat(20));
  const rows = [];
  for (const [name, body] of Object.entries(REPLIES)) {
    const reply = { status: 200, headers: {}, text: JSON.stringify(body) };
    const times = await medians(ROUNDS, {
      read: () => repeat(() => parseReply(reply, redact, 0)),
      parse: () => repeat(() => JSON.parse(reply.text)),
    });
    const [ours, theirs] = [times.read, times.parse].map((ms) => (1e6 * ms) / READS);
    rows.push({
      what: `reading a reply: ${name}`,
      against: 'JSON.parse of it',
      goal: 3,
      ratio: ours / theirs,
      times: `${ours.toFixed(0)} / ${theirs.toFixed(0)} ns`,
    });
  }
  return rows;
}

/** What was made last: kept where it can be seen, so that nothing is optimized away. */
export let last;

function repeat(make) {
  for (let nth = 0; nth < READS; nth++) last = make();
}
