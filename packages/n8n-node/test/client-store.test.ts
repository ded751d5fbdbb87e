import type {
  Client,
  ClientOptions,
  Transport,
  TransportReply,
} from '@modelslab-reload/core/engine';
import { describe, expect, test } from 'vitest';

import {
  createClientStore,
  MAX_IDLE_CLIENTS,
  MAX_IDLE_MS,
} from '../nodes/ModelsLabReload/shared/client-store.ts';

const OPTIONS: ClientOptions = { apiKey: 'demo-key', baseUrl: 'https://modelslab.com' };
const request = { method: 'POST' as const, url: 'https://modelslab.com', headers: {}, body: '{}' };
const { signal } = new AbortController();

/** A store whose clients only have a transport. */
function createStore() {
  const transports = new Map<Client, Transport>();
  let nowMs = 0;
  const store = createClientStore(
    (_options, transport) => {
      const client = {} as Client;
      transports.set(client, transport);
      return client;
    },
    () => nowMs,
  );
  return {
    ...store,
    advance: (ms: number) => void (nowMs += ms),
    send: async (client: Client) => await transports.get(client)?.(request, signal),
  };
}

/** The transport of an execution. */
const execution =
  (name = 'one'): Transport =>
  async () =>
    ({ status: 200, headers: {}, text: name }) satisfies TransportReply;

describe('Executions share a client', () => {
  test.each<[string, ClientOptions]>([
    ['with the same options', OPTIONS],
    [
      'if an option is set to its default',
      { ...OPTIONS, maxRetries: 3, requestTimeoutMs: 150_000 },
    ],
    ['if the base URL ends with a slash', { ...OPTIONS, baseUrl: 'https://modelslab.com/' }],
    ['if one omits the base URL', { apiKey: 'demo-key' }],
  ])('%s.', (_, options) => {
    const { join } = createStore();

    expect(join(options, execution()).client).toBe(join(OPTIONS, execution()).client);
  });

  test.each<[string, ClientOptions]>([
    ['API keys', { ...OPTIONS, apiKey: 'other-key' }],
    ['base URLs', { ...OPTIONS, baseUrl: 'https://example.com' }],
    ['decisions about insecure HTTP', { ...OPTIONS, allowInsecureHttp: true }],
    ['retries', { ...OPTIONS, maxRetries: 4 }],
    ['poll intervals', { ...OPTIONS, pollIntervalMs: 1000 }],
    ['request timeouts', { ...OPTIONS, requestTimeoutMs: 1000 }],
  ])('but not with different %s.', (_, options) => {
    const { join } = createStore();

    expect(join(options, execution()).client).not.toBe(join(OPTIONS, execution()).client);
  });

  test('even after the first has left.', () => {
    const { join } = createStore();
    const first = join(OPTIONS, execution());
    first.leave();

    expect(join(OPTIONS, execution()).client).toBe(first.client);
  });
});

test('Invalid options are rejected before a client is created.', () => {
  const { join } = createStore();

  expect(() => join({ ...OPTIONS, apiKey: '' }, execution())).toThrow('The API key is missing');
});

describe('A request of a shared client', () => {
  test('is carried by an execution that waits, never by one that has left.', async () => {
    const { join, send } = createStore();
    const one = join(OPTIONS, execution('one'));
    const two = join(OPTIONS, execution('two'));

    expect(await send(one.client)).toMatchObject({ text: 'one' });
    one.leave();
    expect(await send(one.client)).toMatchObject({ text: 'two' });
    two.leave();
    await expect(send(one.client)).rejects.toThrow('no execution is left');
  });

  test('is not carried by executions of another client.', async () => {
    const { join, send } = createStore();
    const one = join(OPTIONS, execution('one'));
    join({ ...OPTIONS, maxRetries: 9 }, execution('two'));
    one.leave();

    await expect(send(one.client)).rejects.toThrow('no execution is left');
  });
});

describe('An idle client', () => {
  const numbered = (index: number) => ({ ...OPTIONS, apiKey: `key-number-${index}` });

  test('is kept for a day, counted from its last use.', () => {
    const { join, advance } = createStore();
    const first = join(OPTIONS, execution());
    advance(MAX_IDLE_MS * 2);
    first.leave();

    advance(MAX_IDLE_MS);
    const second = join(OPTIONS, execution());
    second.leave();
    expect(second.client).toBe(first.client);

    advance(MAX_IDLE_MS + 1);
    expect(join(OPTIONS, execution()).client).not.toBe(first.client);
  });

  test('is kept while at most the maximum number of clients is idle.', () => {
    const { join, advance } = createStore();
    const clients = Array.from({ length: MAX_IDLE_CLIENTS }, (_, index) => {
      advance(1);
      const { client, leave } = join(numbered(index), execution());
      leave();
      return client;
    });

    expect(join(numbered(0), execution()).client).toBe(clients[0]);
  });

  test('is dropped if many others have been used since, but a busy one is not.', () => {
    const { join, advance } = createStore();
    const busy = join({ ...OPTIONS, apiKey: 'busy-key' }, execution());
    const [longWait, oldest] = [0, 1].map((index) => join(numbered(index), execution()));
    oldest?.leave();
    for (let index = 2; index <= MAX_IDLE_CLIENTS; index++) {
      advance(1);
      join(numbered(index), execution()).leave();
    }
    longWait?.leave();

    expect(join(numbered(0), execution()).client).toBe(longWait?.client);
    expect(join(numbered(1), execution()).client).not.toBe(oldest?.client);
    expect(join({ ...OPTIONS, apiKey: 'busy-key' }, execution()).client).toBe(busy.client);
  });
});
