import { readFileSync } from 'node:fs';
import { formatDuration } from '@modelslab-reload/core';
import { parseObject, toCode, toPlainLine } from './text.mjs';

const ONLY_YOU =
  'Only you can answer: was the model unloaded before? Could you generate an image with it right after `success`? ' +
  'Is it a checkpoint or a LoRA, trained or uploaded?';

/**
 * Formats the report of a live check, with one row for each open question of docs/unknowns.md.
 *
 * @param {Awaited<ReturnType<import('./check.mjs').liveCheck>>} result
 * @param {string} record the name of the file with all exchanges
 */
export function formatReport({ startedAt, host, isStopped, redact, ...seen }, record) {
  const { version } = JSON.parse(
    readFileSync(new URL('../../packages/core/package.json', import.meta.url), 'utf8'),
  );
  const rows = Object.entries(answers(seen)).map(
    ([question, answer]) => `| ${question} | ${answer} |`,
  );
  const lines = [
    `# Live check, ${startedAt.toISOString().slice(0, 10)}, version ${version}`,
    '',
    host === null ? 'The live API.' : `Not the live API: ${toPlainLine(host)}.`,
    ...(isStopped ? ['', 'Stopped early.'] : []),
    '',
    '| question | answer |',
    '| --- | --- |',
    ...rows,
    '',
    ONLY_YOU,
    ...(seen.image?.imageUrl
      ? ['', 'Does the image show the LoRA? Its URL is in the record.']
      : []),
    '',
    `Every exchange, without the key, is in ${record}. Review it, and attach it if you like.`,
  ];
  return redact(lines.join('\n'));
}

function answers({ exchanges, outcome, repeat, balance, list: listed, baseModel, image }) {
  const waiting = exchanges.filter(({ part }) => part === 'wait');
  const replies = waiting.filter(({ reply }) => reply !== null);
  const failures = waiting.filter(({ reply }) => reply === null);
  const reloads = exchanges.filter(({ part }) => part === 'wait' || part === 'repeat');
  return {
    'Which requests got a reply?': `${replies.length} of ${waiting.length}${failures.length === 0 ? '' : `; the last failure: ${toCode(failures.at(-1).error)}`}`,
    'Which status words, in order?': list(replies.map(statusWord)),
    'Which message came first?': replies.length === 0 ? 'none' : message(replies[0]),
    'Which message came last?': replies.length === 0 ? 'none' : message(replies.at(-1)),
    'Does the call return immediately, or when the model is loaded?':
      replies.length === 0
        ? 'no reply received'
        : `the first reply took ${formatDuration(replies[0].elapsedMs)}`,
    'Does the status change from processing to success?': change(outcome),
    'What may success mean?': meaning(outcome),
    'Are repeated requests rejected?': `${reloads.filter(isRateLimited).length || 'none'} of ${reloads.length} requests were rate limited`,
    'What does the same request return right after success?':
      repeat === null
        ? 'not sent'
        : list(exchanges.filter(({ part }) => part === 'repeat').map(statusWord)),
    'Is a reload billed?': billing(balance),
    'Is the model in the list of trained models?': listing(listed),
    ...(baseModel !== undefined && {
      'Does a reload take the id of this LoRA?': acceptance(outcome),
      'Does the base model generate an image with this LoRA?': generation(image),
    }),
    'Which fields do replies have?': list(
      [...new Set(replies.flatMap(({ reply }) => Object.keys(parseObject(reply.text))))].map(
        (name) => toCode(name),
      ),
    ),
    'What was the outcome?': `${outcome.status}, ${outcome.error?.code ?? 'no error'}, after ${formatDuration(outcome.elapsedMs)}`,
  };
}

function list(words) {
  return words.join(', ') || 'none';
}

function statusWord({ reply }) {
  if (reply === null) return 'no reply';
  const word = parseObject(reply.text).status;
  return word === undefined ? `no status word under HTTP ${reply.status}` : toCode(word);
}

function message({ reply }) {
  const { message: correct, messege, error } = parseObject(reply.text);
  const value = correct ?? messege ?? error;
  if (value === undefined) return 'no message';
  return toCode(typeof value === 'string' ? value : JSON.stringify(value));
}

function isRateLimited({ reply }) {
  return reply?.status === 429 || /rate limit|spam filter/i.test(reply?.text ?? '');
}

function change({ evidence, status, elapsedMs }) {
  if (evidence === 'change') return `yes, after ${formatDuration(elapsedMs)}`;
  return status === 'processing' ? 'not within the time' : 'it was never processing';
}

function meaning({ evidence }) {
  if (evidence === 'change') return 'it came after processing';
  return evidence === 'reply' ? 'unclear: it was the first reply' : 'there was no success';
}

function listing({ isListed, error }) {
  if (error !== null) return `the list could not be read: ${toCode(error)}`;
  return isListed ? 'yes' : 'no';
}

/** An API that accepts every id would accept a LoRA's too, so the answer is not 'yes'. */
function acceptance(outcome) {
  if (outcome.error === null || outcome.status === 'processing') return 'it was accepted';
  const isRejected = ['model_not_found', 'invalid_request', 'api_error'].includes(
    outcome.error.code,
  );
  return `${isRejected ? 'it was rejected' : 'unclear'}: ${failure(outcome)}`;
}

function generation(image) {
  if (image === null) return 'not sent';
  return image.error === null
    ? `yes, after ${formatDuration(image.elapsedMs)}`
    : `no image: ${failure(image)}`;
}

function failure({ error }) {
  return `${toCode(error.code)}, ${toCode(error.message)}`;
}

/** The balance may change later or for other reasons, so the report mentions both. */
function billing({ before, after }) {
  if (before === null || after === null) return 'the balance could not be read';
  const spent = before.amount - after.amount;
  return Math.abs(spent) < 1e-9
    ? 'the balance is the same right after'
    : `the balance is ${Math.abs(spent).toFixed(4)} ${toPlainLine(after.currency)} ${spent > 0 ? 'lower' : 'higher'}; other calls of the account may be part of it`;
}
