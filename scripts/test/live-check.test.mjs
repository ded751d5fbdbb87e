import { specialModels } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { formatReport } from '../live-check/report.mjs';
import { toPlainLine } from '../live-check/text.mjs';
import { json, KEY, run } from './live-check-run.mjs';

const scenarios = ['loaded', 'accepted', 'blocking'].flatMap((success) =>
  ['harmless', 'refused', 'restarts'].flatMap((repeat) =>
    ['open', 'loading'].flatMap((queue) =>
      [true, false].map((isLoaded) => ({ success, repeat, queue, isLoaded })),
    ),
  ),
);

test.each(scenarios)(
  'the report is true if success means $success, repeat $repeat, queue $queue, loaded before $isLoaded',
  async ({ isLoaded, ...scenario }) => {
    const { result, rows, recorded } = await run({
      ...scenario,
      loaded: isLoaded ? ['my-model'] : [],
    });
    const sees = !isLoaded && scenario.success === 'loaded';
    expect(rows['Does the status change from processing to success?']).toMatch(
      sees ? /^yes, after [2-9]m/ : /^it was never processing$/,
    );
    expect(rows['What may success mean?']).toBe(
      sees ? 'it came after processing' : 'unclear: it was the first reply',
    );
    expect(rows['Does the call return immediately, or when the model is loaded?']).toBe(
      `the first reply took ${scenario.success === 'blocking' && !isLoaded ? '1m 40s' : '0ms'}`,
    );
    expect(rows['Which requests got a reply?']).toBe(
      `${result.outcome.requests} of ${result.outcome.requests}`,
    );
    // The second request comes right after the first success, so the filter rejects it, unless the success took too
    // long.
    const refused = scenario.repeat === 'refused' && (isLoaded || scenario.success !== 'blocking');
    expect(rows['What does the same request return right after success?']).toBe(
      refused ? '`error`, `success`' : '`success`',
    );
    expect(rows['Are repeated requests rejected?']).toMatch(refused ? /^1 of / : /^none of /);
    expect(recorded).toHaveLength(result.exchanges.length);
  },
);

test.each(Object.keys(specialModels))(
  'the report for the special model %s is complete',
  async (modelId) => {
    const { report, rows, result, all } = await run({ modelId });
    expect(Object.keys(rows)).toHaveLength(13);
    expect(rows['What was the outcome?']).toContain(result.outcome.error?.code ?? 'no error');
    expect(report).toContain('Not the live API: 127.0.0.1:8787.');
    expect(all).not.toContain(KEY);
  },
);

test('a failed reload is reported like any other', async () => {
  const { rows } = await run({ modelId: 'not-found' });
  expect(rows).toMatchObject({
    'Which status words, in order?': '`error`',
    'Which message came last?': '`Model not found: not-found`',
    'What was the outcome?': expect.stringContaining('error, model_not_found'),
    'What may success mean?': 'there was no success',
    'What does the same request return right after success?': 'not sent',
  });
});

test('refused connections are counted separately from the requests that got a reply', async () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  // The first is the balance; the next two start the reload.
  const { rows } = await run({ fault: (nth) => (nth === 2 || nth === 3 ? refused : null) });
  expect(rows).toMatchObject({
    'Which requests got a reply?': '2 of 4; the last failure: `Error: connect ECONNREFUSED`',
    'Which status words, in order?': '`processing`, `success`',
    'Which message came first?': '`Model is reloading`',
    'Does the call return immediately, or when the model is loaded?': 'the first reply took 0ms',
  });
});

test('a network that is never available is reported without a reply', async () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const { rows } = await run({ fault: () => refused });
  expect(rows).toMatchObject({
    'Which requests got a reply?': expect.stringMatching(/^0 of \d+; the last failure: /),
    'Which status words, in order?': 'none',
    'Does the call return immediately, or when the model is loaded?': 'no reply received',
    'Is a reload billed?': 'the balance could not be read',
    'What was the outcome?': expect.stringContaining('network_error'),
  });
});

test.each([
  [[43.6, 43.6], 'the balance is the same right after'],
  [
    [43.6, 43.5953],
    'the balance is 0.0047 USD lower; other calls of the account may be part of it',
  ],
  [
    ['43.6', '50'],
    'the balance is 6.4000 USD higher; other calls of the account may be part of it',
  ],
  [[null, 1], 'the balance could not be read'],
  [[], 'the balance could not be read'],
])('the report of the balances %j is: %s', async (balances, expected) => {
  const { rows, all } = await run({ balances: [...balances] });
  expect(rows['Is a reload billed?']).toBe(expected);
  // A user's balance must not appear in an issue. Times with jitter, and the time of day, may have the same digits.
  expect(all.replaceAll(/"at":"[^"]*"/g, '')).not.toMatch(/(?<!\d)(?:43\.|50\b(?!ms))/);
});

test('untrusted text cannot control a terminal or a page', async () => {
  const message = '\u001B[31mred\u001B[0m \u202Eodd | <img src=x> `code` @everyone\r\nnext';
  const { report, logged, rows } = await run({ reply: () => json({ status: 'success', message }) });
  const unprintable = /(?!\n)\p{Cc}|\p{Cf}/u;
  expect(report).not.toMatch(unprintable);
  expect(logged.join('')).not.toMatch(unprintable);
  expect(logged.length).toBeGreaterThan(0);
  expect(rows['Which message came last?']).toBe("`red odd ' <img src=x> 'code' @everyone next`");
});

test('every request goes to the base URL, its path included', async () => {
  const { result } = await run({ baseUrl: 'http://127.0.0.1:8787/tenant/modelslab/' });
  const urls = result.exchanges.map(({ request }) => request.url);
  expect(new Set(urls)).toEqual(
    new Set(
      ['/api/wallet_balance', '/api/v6/images/model_reload', '/api/v3/finetune_list'].map(
        (path) => `http://127.0.0.1:8787/tenant/modelslab${path}`,
      ),
    ),
  );
});

test('a record that cannot be written changes nothing', async () => {
  const full = () => {
    throw new Error('ENOSPC');
  };
  const { report } = await run({ onExchange: full });
  expect(report).toBe((await run()).report);
});

test.each([{ modelId: KEY }, { modelId: 'a b' }, { baseModel: KEY }, { baseModel: '' }])(
  'invalid options are rejected before the first request: %j',
  async (options) => {
    const fault = () => new Error('sent');
    const recorded = [];
    const onExchange = (exchange) => recorded.push(exchange);
    await expect(run({ ...options, fault, onExchange })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    expect(recorded).toEqual([]);
  },
);

test('the report does not contain the key, regardless of its characters', async () => {
  const { result } = await run();
  const exchange = result.exchanges.find(({ part }) => part === 'wait');
  exchange.reply.text = JSON.stringify({ status: KEY, message: KEY, [KEY]: KEY });
  expect(formatReport(result, 'record.ndjson')).not.toContain(KEY);
});

test('a line of a report is made of a megabyte of half an escape sequence without delay', () => {
  expect(toPlainLine(`\u001b${';#'.repeat(500_000)}`)).toMatch(/^[;#]+…$/);
});
