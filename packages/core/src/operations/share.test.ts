import {
  createEmulator,
  createVirtualClock,
  type EmulatorOptions,
} from '@modelslab-reload/emulator';
import { describe, expect, test } from 'vitest';
import { isTried } from '../../test/effort.ts';
import { KEY } from '../../test/scripted-api.ts';
import { WAIT_IDS } from '../../test/wait-ids.ts';
import {
  createClient,
  createSharedClient,
  ReloadError,
  type Outcome,
  type ReloadOptions,
  type ReplyEvent,
  type SharedClient,
  type Subject,
  type Until,
} from '../engine.ts';
import type { StepState } from '../outcome.ts';

const throughJson = (state: StepState): StepState => JSON.parse(JSON.stringify(state));
const outcomeOf = (reloading: Promise<Outcome>) =>
  reloading.catch((error: unknown) => (ReloadError.isInstance(error) ? error.outcome : null));

/** Several clients that share their requests: in turn they send what any of them waits for, and publish it to all. */
function createGroup(options: EmulatorOptions = {}, slotAfterMs = 0) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, apiKey: KEY, latencyMs: 300, ...options });
  const members: SharedClient[] = [];
  const published = new Map<string, StepState>();
  const waiting = new Map<string, number>();

  const exchangeWhileWanted = async (subject: Subject, key: string) => {
    if (slotAfterMs > 0) await clock.sleep(slotAfterMs);
    for (let turn = 0; (waiting.get(key) ?? 0) > 0; turn++) {
      const publish = (state: StepState) => {
        published.set(key, throughJson(state));
        for (const member of members) member.learn(throughJson(state), true);
      };
      const sender = members[turn % members.length];
      if (!sender) return;
      const exchange = await sender.exchange(subject, published.get(key) ?? null, publish);
      publish(exchange.state);
      await clock.sleep(exchange.nextInMs ?? 1000);
    }
    waiting.delete(key);
  };

  const start = (clientOptions = {}) => {
    const createDriver: NonNullable<Parameters<typeof createClient>[1]>['createDriver'] = (
      ...host
    ) => {
      const own = createSharedClient(...host, (subject, isFollowed) => {
        const key = JSON.stringify(subject);
        const count = waiting.get(key);
        waiting.set(key, (count ?? 0) + (isFollowed ? 1 : -1));
        // What is published reaches a client that has just started to wait after its call has begun.
        if (isFollowed) queueMicrotask(() => own.learn(published.get(key) ?? null, false));
        if (isFollowed && count === undefined) void exchangeWhileWanted(subject, key);
      });
      members.push(own);
      return own.driver;
    };
    const ports = { clock, transport: emulator.answer };
    const client = createClient({ apiKey: KEY, ...ports, ...clientOptions }, { createDriver });
    return { client, own: members.at(-1) };
  };
  return { clock, emulator, start, run: clock.run };
}

const scenarios: EmulatorOptions[] = [
  {},
  { success: 'blocking' },
  { success: 'accepted' },
  { repeat: 'refused' },
  { repeat: 'restarts' },
  { queue: 'loading' },
];
const shapeOf = (outcome: Outcome | null) =>
  outcome && [outcome.status, outcome.evidence, outcome.requests, outcome.error?.code];

const untils: Until[] = ['accepted', 'success', 'image'];
describe.each(untils)('Calls of two clients until %s', (until) => {
  test.each(scenarios)('have the outcome of one client: %o', async (options) => {
    const positions = [untils.indexOf(until), scenarios.indexOf(options)];
    for (const id of WAIT_IDS.filter((_, ofId) => isTried(...positions, ofId))) {
      const alone = createGroup(options);
      const client = createClient({
        apiKey: KEY,
        clock: alone.clock,
        transport: alone.emulator.answer,
      });
      const expected = await alone.run(() => outcomeOf(client.reload(id, { until })));
      const group = createGroup(options);
      const clients = [group.start().client, group.start().client];
      const outcomes = await group.run(() =>
        Promise.all(clients.map((one) => outcomeOf(one.reload(id, { until })))),
      );
      expect([id, ...outcomes.map(shapeOf)]).toEqual([id, shapeOf(expected), shapeOf(expected)]);
      expect(group.emulator.requests).toHaveLength(alone.emulator.requests.length);
    }
  });
});

test('A client learns what was published before its call began, and does not see it as a reply.', async () => {
  const group = createGroup();
  const events: ReplyEvent[] = [];
  const options: ReloadOptions = { onReply: (event) => events.push(event), maxAgeMs: 3_600_000 };
  const [first, later] = await group.run(async () => [
    await group.start().client.reload('m'),
    await group.start().client.reload('m', options),
  ]);
  expect(first).toMatchObject({ evidence: 'change', requests: 2 });
  expect(later).toMatchObject({ evidence: 'change', requests: 0, repliedAt: first?.repliedAt });
  expect(events).toEqual([]);
});

test('An older version, one of another release and a repeated one change nothing.', async () => {
  const group = createGroup();
  const { client, own } = group.start();
  const subject = { modelId: 'm', imagePrompt: null, imageBaseModel: '' };
  const events: ReplyEvent[] = [];
  const outcome = await group.run(async () => {
    const waiting = client.reload('m', { onReply: (event) => events.push(event) });
    await group.clock.sleep(1000);
    const accepted = own?.save(subject);
    if (!own || !accepted) throw new Error('Nothing is known.');
    own.learn(accepted, true);
    // It would be the latest one.
    const reload = { ...Object(accepted).reload, sent: 9 };
    own.learn({ ...accepted, v: 2, reload } as never, true);
    await group.clock.sleep(150_000);
    own.learn(accepted, true);
    return waiting;
  });
  expect(outcome).toMatchObject({ evidence: 'change', requests: 2 });
  expect(events.map(({ type }) => type)).toEqual(['reply', 'reply']);
});

test('A call that waits for a slot elsewhere reports it once, and only while its request is due.', async () => {
  const group = createGroup({}, 5000);
  const { client, own } = group.start();
  const subject = { modelId: 'm', imagePrompt: null, imageBaseModel: '' };
  const reasons: string[] = [];
  await group.run(async () => {
    const waiting = client.reload('m', {
      onReply: (event) => reasons.push(event.type === 'waiting' ? event.reason : event.status),
    });
    own?.informOfSlot(subject);
    own?.informOfSlot(subject);
    await group.clock.sleep(6000);
    own?.informOfSlot(subject);
    await waiting;
  });
  expect(reasons).toEqual(['slot', 'processing', 'success']);
});

test('A fault is the reason of a call that reaches its deadline; closing ends all calls, and those to come.', async () => {
  const group = createGroup();
  const { client, own } = group.start();
  const codes = await group.run(async () => {
    own?.setFault('The queue cannot be reached');
    const first = await outcomeOf(client.reload('m', { timeoutMs: 60_000 }));
    own?.setFault(null);
    const second = await outcomeOf(client.reload('m', { timeoutMs: 10_000 }));
    const open = outcomeOf(client.reload('m'));
    own?.close();
    return [first, second, await open, await outcomeOf(client.reload('m'))].map(
      (outcome) => outcome?.error?.code,
    );
  });
  expect(codes).toEqual(['network_error', 'wait_timeout', 'aborted', 'aborted']);
});
