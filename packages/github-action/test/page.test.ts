import { describe, expect, it } from 'vitest';
import { runEmulated } from './emulated.ts';

/** Twelve ways to fail, of which no two are told alike. */
const failing = [
  'not-found',
  'server-error',
  'html-502',
  'http-200-error',
  'validation-object',
  'status-failed',
  'empty-body',
  'truncated',
  'huge',
  'redirects',
  'resets',
  'echoes-key',
];

function replying(message: string) {
  return {
    intercept: () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      text: JSON.stringify({ status: 'error', message }),
    }),
  };
}

describe.concurrent('the page of a run', () => {
  it('has 10 annotations in all, the failure of the step included', async () => {
    const { annotations, summary } = await runEmulated({ inputs: { 'model-ids': failing.join() } });
    expect(annotations).toHaveLength(10);
    expect(annotations.at(-1)?.message).toMatch(
      /^12 of 12 models failed; .*not-found \(model_not_found\)/,
    );
    for (const modelId of failing) expect(summary).toContain(`| ${modelId} | error |`);
  });

  it('counts a warning among the 10', async () => {
    const { annotations } = await runEmulated(
      { inputs: { 'api-key': 'success', 'model-ids': failing.join() } },
      { apiKey: 'success' },
    );
    expect(annotations).toHaveLength(10);
  });

  it('folds the replies about many models away, and not those about one', async () => {
    const many = await runEmulated({ inputs: { 'model-ids': 'a,b' } });
    expect(many.log).toMatch(
      /^\[group\] Replies about 2 models\n[^]*\n\[endgroup\] \n(?:[ab]: success \(2 requests, \d+ms\)\n?){2}$/,
    );
    const one = await runEmulated({ inputs: { 'model-ids': 'a' } });
    expect(one.log).not.toContain('[group]');
  });

  it('has a row for each model, failed ones first', async () => {
    const { summary } = await runEmulated({ inputs: { 'model-ids': 'my-model,not-found' } });
    const rows = summary
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.replace(/\d+ms/, '… ms'));
    expect(rows).toEqual([
      '| Model | Status | Evidence | What the API said | Requests | Time | What to do |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      "| not-found | error |  | Model not found: not-found | 1 | … ms | `model_not_found`: Check the model id against the account's list of trained models. |",
      '| my-model | success (first processing) | change | Model reloaded | 2 | … ms |  |',
    ]);
  });

  it('shows markup in a reply as text', async () => {
    const { summary } = await runEmulated(
      { inputs: { 'model-ids': 'a' } },
      replying('<img src=x> | [x](y) `z` **b**'),
    );
    expect(summary).not.toMatch(/<|\[x|`z|\*\*b/);
    const row = summary.split('\n').find((line) => line.startsWith('| a |'));
    expect(row?.split('|')).toHaveLength(9);
  });

  it.each([
    '::set-output name=status::success',
    '##[set-output name=status]success',
    '##[add-mask]error',
    '::stop-commands::x',
  ])('obeys no command in a reply or an id: %s', async (command) => {
    const { log, raw, outputs } = await runEmulated(
      { inputs: { 'model-ids': command } },
      replying(command),
    );
    expect(log).not.toMatch(/^\[(?:set-output|add-mask|stop-commands)\]/m);
    expect(outputs['status']).toBe('error');
    expect(raw).toContain('::error::');
    expect(log).toContain('[error]');
  });

  it('is not needed: without a summary file the step goes on', async () => {
    const { conclusion, log, summary } = await runEmulated({
      inputs: { 'model-ids': 'a' },
      hasSummary: false,
    });
    expect(conclusion).toBe('success');
    expect(log).toContain('The summary was not written');
    expect(summary).toBe('');
  });

  it('has details with debug logging alone', async () => {
    const inputs = { 'model-ids': 'a' };
    const { raw } = await runEmulated({ inputs });
    expect(raw).not.toContain('::debug::');
    const { log } = await runEmulated({ inputs, debug: true });
    expect(log).toMatch(/\[debug\] reply \{"modelId":"a","attempt":1,/);
    expect(log).toMatch(/\[debug\] outcome \{"modelId":"a",/);
  });
});
