import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runEmulated } from './emulated.ts';
import { parseCommand } from './runner/commands.ts';

/** Twelve failures with different messages. */
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
  test('has 10 annotations in all, including the failure of the step', async () => {
    const { annotations, summary } = await runEmulated({ inputs: { 'model-ids': failing.join() } });
    expect(annotations).toHaveLength(10);
    expect(annotations.at(-1)?.message).toMatch(
      /^12 of 12 models failed; .*not-found \(model_not_found\)/,
    );
    for (const modelId of failing) expect(summary).toContain(`| ${modelId} | error |`);
  });

  test.each(['outputs', 'missing/outputs'])(
    'has everything else if the outputs cannot be written to %s, and the step fails',
    async (file) => {
      const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
      mkdirSync(join(folder, 'outputs'));
      const { annotations, summary, log, conclusion } = await runEmulated({
        inputs: { 'model-ids': 'my-model, not-found', 'fail-on-error': 'false' },
        env: { GITHUB_OUTPUT: join(folder, file) },
      });
      expect(conclusion).toBe('failure');
      expect(annotations.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^not-found: Model not found/),
        expect.stringMatching(/^1 of 2 models failed/),
        expect.stringMatching(/^The outputs were not written: /),
      ]);
      expect(summary).toContain('| my-model | success');
      expect(summary).toContain('The outputs were not written: ');
      expect(log).toContain('my-model: success (2 requests');
    },
  );

  test('counts a warning among the 10', async () => {
    const { annotations } = await runEmulated(
      { inputs: { 'api-key': 'error', 'model-ids': failing.join() } },
      { apiKey: 'error' },
    );
    expect(annotations).toHaveLength(10);
  });

  test('warns about outputs that GitHub rejects, and counts the warning among the 10', async () => {
    const ids = Array.from({ length: 150 }, (_, at) => `m${at}`);
    const text = (modelId: string | null) =>
      JSON.stringify({ status: 'error', message: `${modelId} ${'x'.repeat(1900)}` });
    const { annotations, outputs } = await runEmulated(
      { inputs: { 'model-ids': ids.join(), concurrency: '5' } },
      {
        intercept: ({ modelId }) => ({
          status: 200,
          headers: { 'content-type': 'application/json' },
          text: text(modelId),
        }),
      },
    );
    expect(outputs['failed']).toBe('150');
    expect(annotations).toHaveLength(10);
    expect(annotations[0]).toMatchObject({ level: 'warning', title: 'Large outputs' });
    expect(annotations[0]?.message).toMatch(/^The outputs of this step are 1\.\d MiB\./);
  });

  test('groups the replies about many models, but not those about one', async () => {
    const many = await runEmulated({ inputs: { 'model-ids': 'a,b' } });
    expect(many.log).toMatch(
      /^\[group\] Replies about 2 models\n[^]*\n\[endgroup\] \n(?:[ab]: success \(2 requests, \d+ms\)\n?){2}$/,
    );
    const one = await runEmulated({ inputs: { 'model-ids': 'a' } });
    expect(one.log).not.toContain('[group]');
  });

  test('has a row for each model', async () => {
    const { summary } = await runEmulated({ inputs: { 'model-ids': 'not-found,my-model' } });
    const rows = summary
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.replace(/\d+ms/, '… ms').replace(/(Check the model id) .* \|/, '$1 … |'));
    expect(rows).toEqual([
      '| Model | Status | Evidence | API message | Requests | Time | What to do |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| not-found | error |  | Model not found: not-found | 1 | … ms | `model_not_found`: Check the model id … |',
      '| my-model | success (first processing) | change | Model reloaded | 2 | … ms |  |',
    ]);
  });

  test('shows markup in a reply as text', async () => {
    const { summary } = await runEmulated(
      { inputs: { 'model-ids': 'a' } },
      replying('<img src=x> | [x](y) `z` **b**'),
    );
    expect(summary).not.toMatch(/<|\[x|`z|\*\*b/);
    const row = summary.split('\n').find((line) => line.startsWith('| a |'));
    expect(row?.split('|')).toHaveLength(9);
  });

  test.each([
    '::set-output name=status::success',
    '##[set-output name=status]success',
    '##[add-mask]error',
    '::stop-commands::x',
  ])('contains no command from a reply or an id: %s', async (command) => {
    const { raw, outputs } = await runEmulated(
      { inputs: { 'model-ids': 'a,::stop-commands::x' } },
      replying(command),
    );
    const commands = raw.split('\n').flatMap((line) => parseCommand(line) ?? []);
    const names = new Set(commands.map(({ name }) => name));
    expect([...names]).toEqual(['add-mask', 'group', 'endgroup', 'error']);
    expect(commands[0]?.data).toBe('demo-key');
    expect(outputs['status']).toBe('error');
  });

  test('is optional: without a summary file the step continues', async () => {
    const { conclusion, log, summary } = await runEmulated({
      inputs: { 'model-ids': 'a' },
      hasSummary: false,
    });
    expect(conclusion).toBe('success');
    expect(log).toContain('The summary was not written');
    expect(summary).toBe('');
  });

  test('has details only with debug logging', async () => {
    const inputs = { 'model-ids': 'a' };
    const { raw } = await runEmulated({ inputs });
    expect(raw).not.toContain('::debug::');
    const { log } = await runEmulated({ inputs, debug: true });
    expect(log).toMatch(/\[debug\] reply \{"type":"reply","modelId":"a","attempt":1,/);
    expect(log).toMatch(/\[debug\] outcome \{"modelId":"a",/);
  });
});
