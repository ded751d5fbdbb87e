import type { Transport } from '@modelslab-reload/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { TestProcess } from '../../test/process.ts';
import { recordExchanges, type RecordedExchange } from './exchanges.ts';

const { io } = new TestProcess();

const KEY = 'the-secret-key';
const request = {
  method: 'POST' as const,
  url: 'https://api.example/reload',
  headers: { 'user-agent': 'test' },
  body: JSON.stringify({ key: KEY, model_id: 'a' }),
};
const { signal } = new AbortController();
const recorded: RecordedExchange[] = [];
beforeEach(() => void recorded.splice(0));

function record(transport: Transport): Transport {
  return recordExchanges(io, transport, KEY, (exchange) =>
    recorded.push(JSON.parse(JSON.stringify(exchange))),
  );
}

test('an exchange is recorded with its time, without the key in any text or name', async () => {
  const reply = {
    status: 200,
    headers: { [`x-${KEY}`]: ['a', KEY], date: KEY },
    text: `{"message":"${KEY}"}`,
  };
  const now = vi.spyOn(performance, 'now').mockReturnValueOnce(1000).mockReturnValueOnce(1050.4);
  const transport = record(() => Promise.resolve(reply));
  expect(await transport(request, signal)).toBe(reply);
  now.mockRestore();
  expect(recorded).toEqual([
    {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      elapsedMs: 50,
      request: { ...request, body: '{"key":"[redacted]","model_id":"a"}' },
      reply: {
        status: 200,
        headers: { 'x-[redacted]': ['a', '[redacted]'], date: '[redacted]' },
        text: '{"message":"[redacted]"}',
      },
      error: null,
    },
  ]);
});

test('a failure is recorded and passed on', async () => {
  const failure = new Error(`connect ${KEY}`);
  await expect(record(() => Promise.reject(failure))(request, signal)).rejects.toBe(failure);
  expect(recorded).toMatchObject([{ reply: null, error: 'Error: connect [redacted]' }]);
});

test('an aborted request is recorded as such', async () => {
  const transport = record(() => Promise.reject(new Error('internal')));
  await expect(transport(request, AbortSignal.abort())).rejects.toThrow('internal');
  expect(recorded).toMatchObject([{ error: 'The request was aborted before the reply.' }]);
});

test('a request that is open when the process ends is recorded', () => {
  void record(() => new Promise(() => {}))(request, signal);
  io.exit(0);
  expect(recorded).toMatchObject([{ reply: null, error: 'The run ended before the reply.' }]);
});

test('a record that cannot be written does not change an exchange', async () => {
  const full = () => {
    throw new Error('ENOSPC');
  };
  const reply = { status: 200, headers: {}, text: '' };
  const reset = new Error('reset');
  const succeeding = recordExchanges(io, () => Promise.resolve(reply), KEY, full);
  expect(await succeeding(request, signal)).toBe(reply);
  const failing = recordExchanges(io, () => Promise.reject(reset), KEY, full);
  await expect(failing(request, signal)).rejects.toBe(reset);
});
