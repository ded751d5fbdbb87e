// Runs the example with node:cluster, and calls its server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from './redis.mjs';
import { createEmulator, KEY, sleep } from './scenarios.mjs';

const EXAMPLE = fileURLToPath(new URL('../../../../examples/fleet/cluster.mjs', import.meta.url));

export async function checkExample({ connection: { host, port } }) {
  // The images of all callers fit into the queue: a rejected one would be the server's own.
  const emulator = await createEmulator({ queueLimit: 100 });
  const countReloads = () =>
    emulator.requests.filter(({ path }) => path.endsWith('/model_reload')).length;
  const http = await freePort();
  const example = spawn(process.execPath, [EXAMPLE], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      MODELSLAB_API_KEY: KEY,
      MODELSLAB_BASE_URL: emulator.url,
      REDIS_URL: `redis://${host}:${port}`,
      PORT: String(http),
      POLL_INTERVAL_MS: '1000',
    },
  });
  const get = (id) =>
    fetch(`http://127.0.0.1:${http}/${id}`, { headers: { connection: 'close' } }).then(
      async (reply) => ({
        status: reply.status,
        text: await reply.text(),
      }),
    );
  while (
    await get('warm-up').then(
      () => false,
      () => true,
    )
  )
    await sleep(100);
  // More than there are processes: none of them ends.
  const malformed = [];
  for (let n = 0; n < 8; n++) malformed.push(await get('%').then(({ status }) => status, String));
  const sent = countReloads();
  const replies = await Promise.all(Array.from({ length: 40 }, () => get('my-model')));
  const reloads = countReloads() - sent;
  example.kill('SIGTERM');
  const [code] = await once(example, 'exit');
  await emulator.close();
  assert.deepEqual(malformed, Array(8).fill(404));
  assert.deepEqual(
    replies.filter(({ status, text }) => status !== 200 || !text.startsWith('success')),
    [],
  );
  const processes = new Set(replies.map(({ text }) => /process (\d+)/.exec(text)?.[1]));
  assert.ok(processes.size > 1, `${processes.size} process`);
  assert.ok(reloads <= 4, `${reloads} reloads`);
  assert.equal(code, 0);
  return `${reloads} reloads for 40 calls in ${processes.size} processes`;
}
