import { specialModels } from '@modelslab-reload/emulator';
import { beforeEach, expect, test, vi } from 'vitest';
import * as stdout from '../output/stdout.ts';
import { help } from './help.ts';
import { HELP_TOPICS } from './table.ts';

let page = '';

beforeEach(() => {
  page = '';
  vi.spyOn(stdout, 'print').mockImplementation((text) => {
    page += text;
  });
});
vi.mock('../output/stdout.ts', { spy: true });

test.each(HELP_TOPICS.filter((topic) => topic !== 'emulator'))(
  'the page %s fits on a screen of 48 lines and 100 columns',
  async (topic) => {
    expect(await help(topic)).toBe(0);
    const lines = page.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(48);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  },
);

test('the options of the emulator fit into 100 columns', async () => {
  await help('emulator');
  const [, options = ''] = /Options:\n(.*?)\n\n/s.exec(page) ?? [];
  expect(options).toContain('--list-shape <what>');
  expect(options.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test('the page of the emulator names the special model ids', async () => {
  await help('emulator');
  for (const id of Object.keys(specialModels)) expect(page).toContain(`\n  ${id} `);
});

test.each(['toString', 'tutorial'])('the help topic %s is unknown', async (topic) => {
  await expect(help(topic)).rejects.toMatchObject({
    message: `Unknown help topic: "${topic}".`,
    hint: expect.stringContaining('exit-codes'),
    exitCode: 2,
  });
});
