// A program with the strictest compiler settings: it must compile against the packed types.
import {
  createClient,
  formatDuration,
  parseDuration,
  ReloadError,
  type Outcome,
  type ReplyEvent,
} from '@modelslab-reload/core';
import { createClient as createEngineClient, type Transport } from '@modelslab-reload/core/engine';
import { outcomeSchema } from '@modelslab-reload/core/schema';
import {
  createEmulator,
  createVirtualClock,
  specialModels,
  start,
  type EmulatorOptions,
} from '@modelslab-reload/emulator';

const modelslab = createClient({ apiKey: undefined, pollIntervalMs: undefined });

const onReply = (event: ReplyEvent) =>
  console.log(event.type, event.modelId, event.nextInMs ?? 'done');

export async function reloadAll(ids: string[], signal: AbortSignal): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const outcome of modelslab.reloadMany(ids, { until: 'accepted', onReply, signal })) {
    outcomes.push(outcomeSchema.parse(outcome));
  }
  return outcomes;
}

export async function reloadOne(id: string): Promise<string> {
  try {
    const { evidence } = await modelslab.reload(id, { timeoutMs: parseDuration('5m', 'timeout') });
    return evidence ?? 'none';
  } catch (error) {
    if (ReloadError.isInstance(error) && error.retryAfterMs !== null) {
      return formatDuration(error.retryAfterMs);
    }
    throw error;
  }
}

const transport: Transport = async (request, signal) => {
  const { status, headers, text } = await Promise.resolve({
    status: 200,
    headers: {},
    text: request.body,
  });
  signal.throwIfAborted();
  return { status, headers, text };
};
export const engine = createEngineClient({
  apiKey: 'key',
  transport,
  clock: { now: () => 0, sleep: async (_ms, _signal) => {} },
});

const options: EmulatorOptions = {
  loadTimeMs: (modelId) => modelId.length,
  spamWindow: 'prolonged',
};
const virtualClock = createVirtualClock();
const emulated = createEmulator({ ...options, clock: virtualClock });
export const outcome = virtualClock.run(() =>
  createEngineClient({
    apiKey: 'demo-key',
    transport: emulated.answer,
    clock: virtualClock,
  }).reload('a'),
);

export async function listOnSocket(): Promise<string[]> {
  const { url, requests, close } = await start({ port: 0, models: Object.keys(specialModels) });
  const ids = await createClient({ apiKey: 'demo-key', baseUrl: url }).listTrainedModels();
  await close();
  return [...ids, ...requests.map(({ path }) => path)];
}
