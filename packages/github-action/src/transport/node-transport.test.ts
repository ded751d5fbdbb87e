import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createNodeTransport } from './node-transport.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a request that fails before it is sent leaves no timer', async () => {
  const transport = createNodeTransport({});
  const request = { method: 'POST', url: 'http://127.0.0.1:1', headers: {}, body: '{}' } as const;
  const sending = transport(request, new AbortController().signal);
  expect(vi.getTimerCount()).toBe(1);
  await expect(sending).rejects.toThrow('ECONNREFUSED');
  await vi.waitUntil(() => vi.getTimerCount() === 0);
});
