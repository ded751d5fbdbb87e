// Writes the tables of the README from the tables in the code: `vitest run test/readme-tables.test.ts -u`.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_SPECS, OPTION_SPECS } from '../src/engine.ts';
import { markdownTable } from './markdown-table.ts';

/** The options that are no plain values. */
const OTHER_OPTIONS = {
  client: [
    ['`transport`', 'undici', 'sends one request: [ports](#ports)'],
    ['`clock`', "the machine's", '`now()`, `sleep(ms, signal)` and, optionally, `monotonicMs()`'],
  ],
  call: [
    [
      '`onReply`',
      '',
      'called for every reply, failures included, and if the model waits: [events](#events)',
    ],
    ['`signal`', '', 'an `AbortSignal` that ends the call immediately'],
  ],
};

function optionTable(of: 'client' | 'call'): string {
  const rows = Object.entries(OPTION_SPECS)
    .filter(([, spec]) => spec.of === of)
    .map(([name, spec]) => [
      `\`${name}\``,
      spec.default === undefined ? (spec.defaultSummary ?? '') : `\`${spec.default}\``,
      spec.summary +
        (spec.values ? `: ${spec.values.map((value) => `\`${value}\``).join(', ')}` : ''),
    ]);
  return markdownTable(['option', 'default', 'description'], [...rows, ...OTHER_OPTIONS[of]]);
}

function errorTable(): string {
  const rows = Object.entries(ERROR_SPECS).map(([code, { meaning, retryable, retryNote }]) => [
    `\`${code}\``,
    meaning,
    [retryable ? 'yes' : 'no', retryNote].filter((part) => part !== undefined).join(', '),
  ]);
  return markdownTable(['code', 'when', 'retried'], rows);
}

test('the tables of the README are those of the code', async () => {
  const tables: Record<string, string> = {
    'options of createClient': optionTable('client'),
    'options of a call': optionTable('call'),
    'error codes': errorTable(),
  };
  let readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const [name, table] of Object.entries(tables)) {
    const block = new RegExp(`(<!-- ${name} -->\n)[^]*?(\n?<!-- end -->)`);
    expect(readme).toMatch(block);
    readme = readme.replace(block, (_, start: string) => `${start}\n${table}\n\n<!-- end -->`);
  }
  await expect(readme).toMatchFileSnapshot('../README.md');
});
