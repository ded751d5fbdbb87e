import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { expect, expectTypeOf, test, vi } from 'vitest';
import { KEY } from '../test/scripted-api.ts';
import * as node from './index.ts';
import * as worker from './worker.ts';

/** Bundles the package's main entry under one condition. */
async function bundle(condition: string) {
  const built = await rolldown({
    input: '@modelslab-reload/core',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    platform: 'neutral',
    resolve: { conditionNames: [condition, 'import', 'default'], mainFields: ['module', 'main'] },
    external: /^node:/,
  });
  const { output } = await built.generate({ format: 'esm', minify: true, codeSplitting: false });
  const [{ code, imports, dynamicImports }] = output;
  return { code, imports: [...imports, ...dynamicImports] };
}

test.each(['workerd', 'worker', 'edge-light'])(
  'a bundle under the condition %s imports nothing and has at most 28 KB with all exports',
  async (condition) => {
    const { code, imports } = await bundle(condition);
    expect(imports).toEqual([]);
    expect(gzipSync(code).length).toBeLessThan(28_000);
  },
);

test('the condition of browsers does not select the Worker entry', async () => {
  expect((await bundle('browser')).imports.join(' ')).toContain('node:');
});

test('a Worker has the same exports as Node, with the same types', () => {
  expect(new Set(Object.keys(worker))).toEqual(new Set(Object.keys(node)));
  expectTypeOf<typeof worker>().toEqualTypeOf<typeof node>();
});

test('the client of a Worker uses global fetch, looked up at each request', async () => {
  const client = worker.createClient({ apiKey: KEY });
  const reply = { status: 'success', message: 'Model reloaded' };
  const fetched = vi.fn<typeof fetch>(async () => Response.json(reply));
  vi.stubGlobal('fetch', fetched);
  try {
    expect(await client.reload('m')).toMatchObject({ status: 'success', requests: 1 });
  } finally {
    vi.unstubAllGlobals();
  }
  const [[url, init] = []] = fetched.mock.calls;
  expect(url).toBe('https://modelslab.com/api/v6/images/model_reload');
  // Next.js must not cache a reply, and an older workerd rejects `cache`.
  expect(init).toMatchObject({ next: { revalidate: 0 } });
  expect(init).not.toHaveProperty('cache');
});

test('a Worker may bring its own transport and clock', async () => {
  const now = () => 5000;
  const client = worker.createClient({
    apiKey: KEY,
    transport: async () => ({ status: 200, headers: {}, text: '{"status":"success"}' }),
    clock: { ...worker.systemClock, now },
  });
  expect(await client.reload('m')).toMatchObject({ startedAt: new Date(5000).toISOString() });
});

test('a client without options is rejected with a message, as in Node', () => {
  // @ts-expect-error From JavaScript.
  expect(() => worker.createClient()).toThrow('The API key is missing.');
});
