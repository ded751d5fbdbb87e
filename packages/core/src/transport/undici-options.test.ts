import { Agent, EnvHttpProxyAgent } from 'undici/index.js';
import { expect, test, vi } from 'vitest';
import { createUndiciTransport } from './undici.ts';

vi.mock('undici/index.js', () => ({
  Agent: vi.fn<() => void>(),
  EnvHttpProxyAgent: vi.fn<() => void>(),
  request: async () => ({ statusCode: 200, headers: {}, body: { bytes: async () => Buffer.of() } }),
}));

test.each([
  ['directly', '', Agent],
  ['through a proxy', 'http://proxy.invalid', EnvHttpProxyAgent],
])('undici does not limit the time of a request that is sent %s', async (_way, proxy, pool) => {
  for (const name of ['https_proxy', 'HTTPS_PROXY']) vi.stubEnv(name, proxy);
  const request = { method: 'POST', url: 'https://api.invalid', headers: {}, body: '{}' } as const;
  await createUndiciTransport()(request, new AbortController().signal);
  expect(pool).toHaveBeenCalledWith(expect.objectContaining({ headersTimeout: 0, bodyTimeout: 0 }));
});
