import { expect, test } from 'vitest';
import {
  CALLER_COUNTS,
  CALLER_HEAD,
  callerIntroduction,
  callerRow,
  callerScenarios,
  playCallers,
} from './caller-scenarios.ts';
import { isFull } from './effort.ts';
import {
  checkImages,
  imageIntroduction,
  imageRow,
  imageScenarios,
  isFalse,
} from './image-scenarios.ts';
import {
  LIST_HEAD,
  LIST_SIZES,
  listIntroduction,
  listRow,
  listScenarios,
  playList,
  type ListScenario,
} from './list-scenarios.ts';
import { markdownTable } from './markdown-table.ts';
import {
  OUTCOMES,
  playReplies,
  REPLY_HEAD,
  replyIntroduction,
  replyScenarios,
  TIMEOUT_MS,
} from './reply-scenarios.ts';

/** Plays each scenario only once, for its own test and for the table. */
function once<Scenario, Result>(play: (scenario: Scenario) => Promise<Result>) {
  const results = new Map<Scenario, Promise<Result>>();
  return (scenario: Scenario) => {
    const result = results.get(scenario) ?? play(scenario);
    results.set(scenario, result);
    return result;
  };
}
const replies = once(playReplies);
const images = once(checkImages);
const lists = once((scenario: ListScenario) =>
  Promise.all(LIST_SIZES.map((count) => playList(scenario, count))),
);
const callers = once((scenario: (typeof callerScenarios)[number]) =>
  Promise.all(CALLER_COUNTS.map((count) => playCallers(scenario, count))),
);

test.each(replyScenarios)(
  'Nothing false is reported: success $success, repeat $repeat, reload counts $reloadCounts, load $load',
  async (scenario) => {
    const { results } = await replies(scenario);
    expect(results).toHaveLength(OUTCOMES);
    for (const { reported, seconds, requests } of results) {
      expect(reported).not.toBe('false');
      expect(seconds * 1000).toBeLessThanOrEqual(TIMEOUT_MS);
      expect(requests).toBeLessThanOrEqual(TIMEOUT_MS / 30_000);
    }
  },
);

test.each(imageScenarios)(
  'An image is never reported for a model that is not loaded: success $success, repeat $repeat, image when unloaded $drawUnloaded, load $load',
  async (scenario) => {
    for (const one of await images(scenario)) {
      expect(isFalse(one)).toBe(false);
      expect(one.images).toBeLessThanOrEqual(3);
      expect(one.outcome.elapsedMs).toBeLessThanOrEqual(TIMEOUT_MS);
    }
  },
);

/** Returns the maximum time of a list relative to the best time. A poll that restarts the load costs a second load. */
function maxRatio({ success, repeat }: ListScenario): number {
  return repeat === 'restarts' && success === 'loaded' ? 5 : 1.35;
}

test.each(listScenarios)(
  'Lists end in time: success $success, repeat $repeat, queue $queue, load $load',
  async (scenario) => {
    for (const result of await lists(scenario)) {
      const { count, reached, rateLimited, seconds, bestSeconds } = result;
      const mayRestart = scenario.repeat === 'restarts';
      expect(reached).toBeGreaterThanOrEqual(mayRestart ? 0.95 * count : count);
      expect(rateLimited).toBeLessThanOrEqual(count / 2);
      expect(seconds).toBeLessThanOrEqual(maxRatio(scenario) * bestSeconds);
    }
  },
);

test.each(callerScenarios)('Callers share requests: $name, clients $clients', async (scenario) => {
  const [few, many] = await callers(scenario);
  expect([few?.failed, many?.failed]).toEqual([0, 0]);
  if (scenario.clients === 1) {
    expect(many).toEqual(few);
    expect(few?.rateLimited).toBe(0);
    expect(few?.requests).toBeLessThanOrEqual(9);
  }
});

// Elsewhere than in CI, most models are left out.
test.runIf(isFull)('docs/scenarios.md has the result of every scenario.', async () => {
  const sections = [
    replyIntroduction,
    markdownTable(
      REPLY_HEAD,
      (await Promise.all(replyScenarios.map(replies))).map(({ row }) => row),
    ),
    listIntroduction,
    markdownTable(
      LIST_HEAD,
      await Promise.all(
        listScenarios.map(async (scenario) => listRow(scenario, await lists(scenario))),
      ),
    ),
    callerIntroduction,
    markdownTable(
      CALLER_HEAD,
      await Promise.all(
        callerScenarios.map(async (scenario) => callerRow(scenario, await callers(scenario))),
      ),
    ),
    imageIntroduction,
    markdownTable(
      [
        'Success',
        'Repeat',
        'Image when unloaded',
        'Load times',
        'Image %',
        'Gave up %',
        'False %',
        'Mean s',
        '95% s',
        'Requests',
        'Images',
        'at most',
      ],
      await Promise.all(
        imageScenarios.map(async (scenario) => imageRow(scenario, await images(scenario))),
      ),
    ),
  ];
  await expect(`${sections.join('\n\n')}\n`).toMatchFileSnapshot('../../../docs/scenarios.md');
});
