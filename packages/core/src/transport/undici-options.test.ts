import { expect, test, vi } from 'vitest';
import { Agent, buildConnector, ProxyAgent } from './undici-parts.ts';
import { createUndiciTransport } from './undici.ts';

vi.mock('./undici-parts.ts', () => ({
  Agent: vi.fn<() => void>(),
  ProxyAgent: vi.fn<() => void>(),
  buildConnector: vi.fn<() => void>(),
  request: async () => ({ statusCode: 200, headers: {}, body: { bytes: async () => Buffer.of() } }),
}));

const request = { method: 'POST', url: 'https://api.invalid', headers: {}, body: '{}' } as const;

test.each([
  ['directly', '', Agent],
  ['through a proxy', 'http://proxy.invalid', ProxyAgent],
])('undici does not limit the time of a request that is sent %s', async (_way, proxy, pool) => {
  for (const name of ['https_proxy', 'HTTPS_PROXY']) vi.stubEnv(name, proxy);
  await createUndiciTransport()(request, new AbortController().signal);
  expect(pool).toHaveBeenCalledWith(
    expect.objectContaining({ headersTimeout: 0, bodyTimeout: 0, keepAliveMaxTimeout: 5000 }),
  );
});

test('each address of a host gets 2.5 s of the 10 s for connecting', async () => {
  for (const name of ['https_proxy', 'HTTPS_PROXY']) vi.stubEnv(name, '');
  await createUndiciTransport()(request, new AbortController().signal);
  expect(buildConnector).toHaveBeenCalledWith(
    expect.objectContaining({ timeout: 10_000, autoSelectFamilyAttemptTimeout: 2500 }),
  );
});
