// For the first person with a key: reloads one model of yours with the live service, waits, and prints what that
// showed about everything nobody knows yet, as a report to attach to an issue. Costs what a reload costs, if anything.
//
//   MODELSLAB_API_KEY=… npx -y pnpm@10 live-check my-model
//
// MODELSLAB_BASE_URL and POLL_INTERVAL_MS are for trying it against the emulator.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const core = '../packages/core/dist/index.js';
const { createClient, createRedactor, createUndiciTransport, formatDuration, ReloadError } =
  await import(core);

const apiKey = process.env.MODELSLAB_API_KEY?.trim();
const [modelId] = process.argv.slice(2);
if (!apiKey || !modelId) {
  console.error(
    'Set MODELSLAB_API_KEY, and name one model of yours: npx -y pnpm@10 live-check <model-id>',
  );
  process.exit(2);
}
const redact = createRedactor(apiKey);
const baseUrl = process.env.MODELSLAB_BASE_URL || undefined;
const file = 'live-check.ndjson';

/** Every exchange, with the key taken out. */
const exchanges = [];
const startedAt = performance.now();
const elapsed = () => Math.round(performance.now() - startedAt);

const send = createUndiciTransport();
const modelslab = createClient({
  apiKey,
  baseUrl,
  pollIntervalMs: Number(process.env.POLL_INTERVAL_MS) || undefined,
  async transport(request, signal) {
    const exchange = { sentAfterMs: elapsed(), url: request.url, body: redact(request.body) };
    exchanges.push(exchange);
    try {
      const reply = await send(request, signal);
      const { status, headers, text } = reply;
      const shown = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, redact(String(value))]),
      );
      Object.assign(exchange, {
        tookMs: elapsed() - exchange.sentAfterMs,
        status,
        headers: shown,
        text: redact(text),
      });
      return reply;
    } catch (error) {
      Object.assign(exchange, {
        tookMs: elapsed() - exchange.sentAfterMs,
        failed: redact(String(error)),
      });
      throw error;
    }
  },
});

const onReply = ({ attempt, status, message, nextInMs }) =>
  console.error(
    `reply ${attempt} after ${formatDuration(elapsed())}: ${status}, ${message ?? 'no message'}${nextInMs === null ? '' : `; asks again in ${formatDuration(nextInMs)}`}`,
  );

const outcome = await reload('success');
// A second call right after: what a model that was just reloaded answers.
const again = outcome.error === null ? await reload('accepted') : null;
writeFileSync(file, exchanges.map((exchange) => `${JSON.stringify(exchange)}\n`).join(''));
console.log(report());
process.exitCode = outcome.error === null ? 0 : 1;

async function reload(until) {
  try {
    return await modelslab.reload(modelId, { until, timeoutMs: 900_000, onReply });
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    if (error.outcome) return error.outcome;
    console.error(`${error.message}\n${error.hint}`);
    return process.exit(2);
  }
}

function report() {
  const { version } = createRequire(import.meta.url)('../packages/core/package.json');
  const calls = exchanges.slice(0, outcome.requests);
  const words = calls.map(({ text }) => wordOf(text));
  const refusals = calls.filter(({ text = '' }) => /rate limit|spam filter/i.test(text)).length;
  const first = calls[0];
  const lines = [
    `# Live check, ${outcome.startedAt.slice(0, 10)}, version ${version}`,
    '',
    baseUrl ? `Not the live service: ${new URL(baseUrl).host}.` : 'The live service.',
    '',
    '| question | what was seen |',
    '| --- | --- |',
    `| the status words, in order | ${words.join(', ') || 'none'} |`,
    `| what the API said first and last | ${cell(messageOf(first?.text))} / ${cell(outcome.message)} |`,
    `| does the call answer at once? | the first reply took ${formatDuration(first?.tookMs ?? 0)} |`,
    `| does the word change from processing to success? | ${outcome.evidence === 'change' ? `yes, seen after ${formatDuration(outcome.elapsedMs)}` : outcome.status === 'processing' ? 'not within the time' : 'it was never processing'} |`,
    `| what may success mean? | ${outcome.evidence === 'reply' ? 'unclear: it came first. Was the model unloaded before? Can you draw with it right now?' : outcome.evidence === 'change' ? 'it came after processing' : 'it did not come'} |`,
    `| is asking again refused? | ${refusals} of ${calls.length} calls were refused for rate |`,
    `| what does the call right after a success say? | ${again ? `${again.lastStatus ?? 'no word'}, ${cell(again.message)}` : 'not asked'} |`,
    `| fields of the replies | ${[...new Set(calls.flatMap(({ text }) => fieldsOf(text)))].join(', ') || 'none'} |`,
    `| the outcome | ${outcome.status}, ${outcome.error?.code ?? 'no error'}, ${outcome.requests} requests |`,
    '',
    'What only you can know: whether the model had been unloaded before, whether you could draw with it at once, and',
    'whether the reload is on your bill.',
    '',
    `Every exchange, without the key, is in ${file}: look through it, and attach it if you like.`,
  ];
  return redact(lines.join('\n'));
}

function parse(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function wordOf(text) {
  return cell(parse(text).status ?? 'none');
}

function messageOf(text) {
  const { message, messege } = parse(text);
  return message ?? messege ?? null;
}

function fieldsOf(text) {
  return Object.keys(parse(text)).map((name) => cell(name));
}

/** A text that stays in its cell. */
function cell(value) {
  return (typeof value === 'string' ? value : JSON.stringify(value))
    .replace(/[|\s]+/g, ' ')
    .slice(0, 200);
}
