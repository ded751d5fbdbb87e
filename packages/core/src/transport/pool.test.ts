import { expect, test, vi } from 'vitest';
import { openPool } from './pool.ts';
import { parseProxy } from './proxy.ts';
import type * as Undici from './undici-parts.ts';

/** Opens a pool; returns what undici was created with. */
function open(proxy: string | null) {
  const created = vi.fn<(options: object) => void>();
  const buildConnector = vi.fn<(options: object) => void>();
  const undici = { Agent: created, ProxyAgent: created, buildConnector };
  openPool(undici as unknown as typeof Undici, proxy === null ? null : parseProxy(proxy));
  return { created, buildConnector };
}

test.each([
  ['directly', null],
  ['through a proxy', 'http://proxy.invalid'],
])('undici does not limit the time of a request that is sent %s', (_way, proxy) => {
  expect(open(proxy).created).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ headersTimeout: 0, bodyTimeout: 0, keepAliveMaxTimeout: 5000 }),
  );
});

test('each address of a host gets 2.5 s of the 10 s for connecting', () => {
  expect(open(null).buildConnector).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ timeout: 10_000, autoSelectFamilyAttemptTimeout: 2500 }),
  );
});
