import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { needsTerminal } from '../../../scripts/vitest/needs.ts';
import { openTerminal } from './pty.ts';

const IDS = ['a-model', 'b-model', 'c-model', 'd-model', 'e-model'];

test('every screen of a list that does not fit into the queue is clean, at 80 columns', async (context) => {
  needsTerminal(context);
  const emulator = await start({
    port: 0,
    queue: 'loading',
    queueLimit: 2,
    loadTimeMs: 1000,
    retryAfterMs: 300,
  });
  const terminal = openTerminal(
    [...IDS, '--poll-interval', '300ms'],
    { MODELSLAB_BASE_URL: emulator.url },
    { columns: 80 },
  );
  const first = await terminal.until(/in line/);
  expect(first).toMatch(
    /^. 0 of 5 done · 2 loading · [12] in line · .*(?:queue full|queue is full|a reply)/,
  );

  // Every screen consists of results with one status line or, at the end, the summary below them.
  const ended = terminal.ended();
  const over = ended.then(() => 'over');
  const screens = new Set<string>();
  while ((await Promise.race([over, sleep(50, 'running')])) === 'running') {
    screens.add(terminal.screen().join('\n'));
  }
  expect(await ended).toBe(0);
  const running = [...screens].filter((screen) => /^. \d of 5 done/m.test(screen));
  expect(running.length).toBeGreaterThan(2);
  for (const screen of running) {
    const lines = screen.split('\n');
    expect(lines.slice(0, -1).filter((line) => !/^✓ \w-model  success /.test(line))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^. \d of 5 done · .{1,65}$/);
    expect(lines.at(-1)).toContain(`${lines.length - 1} of 5 done`);
  }
  expect(running.some((screen) => /[12] in line .*queue full$/.test(screen))).toBe(true);
  expect(
    terminal
      .screen()
      .slice(0, 5)
      .map((line) => line.slice(2, 9))
      .toSorted(),
  ).toEqual(IDS);
  expect(terminal.screen()[5]).toMatch(/^5 succeeded in (?:\d\.\d|\d\d)s$/);
  await emulator.close();
}, 60_000);
