// Runs Workers in workerd, with miniflare.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { bundlers, WORKER } from './bundle.mjs';

const COMPATIBILITY_DATE = '2026-07-01';

/** Returns the code of a Worker, bundled as for deployment. */
export async function bundleWorker(bundler, entry) {
  const { code } = await bundlers[bundler](entry, { conditions: WORKER });
  return code;
}

/**
 * Returns a function that runs a Worker while `use` runs. A request that waits for another one, or uses an object of
 * another one, gets an error from workerd instead of its response.
 *
 * @param {string} modulesFolder where miniflare is installed
 */
export async function createWorkerd(modulesFolder) {
  const entry = join(modulesFolder, 'miniflare/dist/src/index.js');
  const { Miniflare } = await import(pathToFileURL(entry));
  return async (options, use) => {
    const miniflare = new Miniflare({
      modules: true,
      compatibilityDate: COMPATIBILITY_DATE,
      ...options,
      handleRuntimeStdio(stdout, stderr) {
        for (const stream of [stdout, stderr]) stream.resume();
      },
    });
    try {
      return await use({ url: await miniflare.ready });
    } finally {
      await miniflare.dispose();
    }
  };
}

/** Sends a request and resets its connection, because workerd does not detect a half-closed connection. */
export async function disconnect(url, afterMs, method = 'GET') {
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect(port, hostname);
  socket.write(
    `${method} ${pathname}${search} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n`,
  );
  await sleep(afterMs);
  assert.equal(socket.bytesRead, 0, 'the Worker responded before its client disconnected');
  socket.resetAndDestroy();
}
