import { readFileSync } from 'node:fs';
import {
  createEmulator,
  createVirtualClock,
  specialModels,
  type EmulatorOptions,
} from '@modelslab-reload/emulator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  createClient,
  type Client,
  type ReloadManyOptions,
  type Transport,
  type TransportReply,
  type TransportRequest,
} from '../src/engine.ts';

const contract = parse(
  readFileSync(new URL('../../../docs/openapi.yaml', import.meta.url), 'utf8'),
);
// OpenAPI keywords that are not JSON Schema, and string formats, are ignored.
const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(contract, 'contract');

type Task = (client: Client) => AsyncIterable<unknown> | Promise<unknown>;
type Exchange = { request: TransportRequest; reply: TransportReply | null };

/** Runs a task; returns every request and reply between the client and the emulator. */
async function recordExchanges(
  options: EmulatorOptions,
  task: Task,
  apiKey = 'demo-key',
): Promise<Exchange[]> {
  const clock = createVirtualClock();
  const emulator = createEmulator({ ...options, clock });
  const exchanges: Exchange[] = [];
  const transport: Transport = async (request, signal) => {
    const exchange: Exchange = { request, reply: null };
    exchanges.push(exchange);
    return (exchange.reply = await emulator.answer(request, signal));
  };
  const client = createClient({ apiKey, transport, clock });
  await clock.run(async () => {
    const running = task(client);
    if (Symbol.asyncIterator in running) for await (const _ of running);
    else await running.catch(() => {});
  });
  return exchanges;
}

const reload = (ids: string[], options?: ReloadManyOptions) => (client: Client) =>
  client.reloadMany(ids, options);

/** Returns how a request violates the contract; '' if it does not. */
function findRequestViolation({ request }: Exchange): string {
  const path = pathOf(request);
  if (path === undefined) return `${request.url} is not a path of the contract`;
  if (request.method !== 'POST' || request.headers['content-type'] !== 'application/json') {
    return 'not posted as JSON';
  }
  return findViolation(`${pointerOf(path)}/requestBody`, request.body);
}

/** Returns how a reply violates the contract; '' if it does not or there is no reply. */
function findReplyViolation({ request, reply }: Exchange): string {
  const path = pathOf(request);
  if (path === undefined || reply === null) return '';
  const response = contract.paths[path].post.responses[reply.status];
  if (response === undefined) return `HTTP ${reply.status} is not in the contract`;
  const shared: string | undefined = response.$ref;
  return findViolation(
    shared?.slice(1) ?? `${pointerOf(path)}/responses/${reply.status}`,
    reply.text,
  );
}

function pathOf({ url }: TransportRequest): string | undefined {
  const { pathname } = new URL(url);
  return Object.keys(contract.paths).find((template) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
}

const pointerOf = (path: string) => `/paths/${path.replaceAll('/', '~1')}/post`;

function findViolation(pointer: string, text: string): string {
  const schema = ajv.getSchema(`contract#${pointer}/content/application~1json/schema`);
  if (schema === undefined) return 'should not be JSON';
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  return schema(body) === true ? '' : ajv.errorsText(schema.errors, { dataVar: 'body' });
}

const scenarios = (['loaded', 'accepted', 'blocking'] as const).flatMap((success) =>
  (['harmless', 'refused', 'restarts'] as const).map((repeat): EmulatorOptions => ({
    success,
    repeat,
  })),
);

describe('The requests of the client and the replies of the emulator match the contract', () => {
  test.each<[string, EmulatorOptions, Task, string?]>([
    ...scenarios.map((scenario): [string, EmulatorOptions, Task] => [
      `success ${scenario.success}, repeat ${scenario.repeat}`,
      scenario,
      reload(['a', 'b']),
    ]),
    ...(['error', 'loads', 'queue'] as const).map(
      (drawUnloaded): [string, EmulatorOptions, Task] => [
        `an image of an unloaded model, ${drawUnloaded}`,
        { drawUnloaded, success: 'accepted' },
        reload(['a'], { until: 'image' }),
      ],
    ),
    ['the trained models', { models: ['a', 'b'] }, (client) => client.listTrainedModels()],
    ['no trained models', {}, (client) => client.listTrainedModels()],
    ['a wrong key', {}, reload(['a']), 'wrong-key'],
    ['a wrong key for the list', {}, (client) => client.listTrainedModels(), 'wrong-key'],
    ['a full queue', { queueLimit: 0 }, reload(['a'])],
    [
      'the spam filter',
      { repeat: 'refused', spamWindowMs: 60_000 },
      reload(['a', 'spam-filtered']),
    ],
    ['ids of every kind', {}, reload(['a b', 'ü', '"', 'x'.repeat(1000)])],
  ])('for %s.', async (_, options, task, apiKey) => {
    const exchanges = await recordExchanges(options, task, apiKey);
    expect(exchanges.length).toBeGreaterThan(0);
    expect(exchanges.map(findRequestViolation).filter(Boolean)).toEqual([]);
    expect(exchanges.map(findReplyViolation).filter(Boolean)).toEqual([]);
  });

  test('and cover every call of the contract.', async () => {
    const exchanges = [
      ...(await recordExchanges({}, reload(['a'], { until: 'image' }))),
      ...(await recordExchanges({}, (client) => client.listTrainedModels())),
      ...(await recordExchanges(
        { drawUnloaded: 'queue', success: 'accepted' },
        reload(['a'], { until: 'image' }),
      )),
    ];
    expect(new Set(exchanges.map(({ request }) => pathOf(request)))).toEqual(
      new Set(Object.keys(contract.paths)),
    );
  });

  test.each([
    ['{"key":"k"}', "body must have required property 'model_id'"],
    ['{"key":"k","model_id":1}', 'body/model_id must be string'],
    ['{"key":"k","model_id":"a","x":1}', 'body must NOT have additional properties'],
    ['key=k', 'is not JSON'],
  ])('and a violation in the request %s is reported.', (body, violation) => {
    expect(findViolation(`${pointerOf('/api/v6/images/model_reload')}/requestBody`, body)).toBe(
      violation,
    );
  });

  /** Special models that violate the contract on purpose. */
  const violations: Record<string, string> = {
    'empty-body': 'is not JSON',
    'html-502': 'should not be JSON',
    redirects: 'HTTP 307 is not in the contract',
    'status-failed': 'body/status must be equal to one of the allowed values',
    'error-field': "body must have required property 'status'",
    'php-warning': 'is not JSON',
    'problem-json': 'body/status must be equal to one of the allowed values',
    'route-not-found': "body must have required property 'status'",
    'second-reply-401': "body must have required property 'status'",
    'second-reply-403': 'is not JSON',
    'second-reply-408': 'HTTP 408 is not in the contract',
    'second-reply-cut': 'is not JSON',
    'second-reply-empty': 'is not JSON',
    'second-reply-html': 'is not JSON',
  };

  test.each(Object.keys(specialModels))(
    'except for the intended violation of the model %s.',
    async (id) => {
      const exchanges = await recordExchanges({}, reload([id]));
      expect(exchanges.map(findRequestViolation).filter(Boolean)).toEqual([]);
      expect([...new Set(exchanges.map(findReplyViolation))].filter(Boolean)).toEqual(
        [violations[id]].filter(Boolean),
      );
    },
  );
});
