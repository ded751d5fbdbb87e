// Workers in workerd, by miniflare.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { bundlers, WORKER } from './bundle.mjs';

const COMPATIBILITY_DATE = '2026-07-01';
/** What workerd prints if a request waits for another one, or touches what belongs to it. */
const COMPLAINTS = /different request|had hung|never generate a response|uncaught/i;

/** Returns the code of a Worker, bundled as for its deployment. */
export async function bundleWorker(bundler, entry) {
  const { code } = await bundlers[bundler](entry, { conditions: WORKER });
  return code;
}

/**
 * Returns a function that runs a Worker while `use` runs. What workerd itself complains about, such as a promise of
 * another request, is a failure.
 *
 * @param {string} modulesFolder where miniflare is installed
 */
export async function createWorkerd(modulesFolder) {
  const entry = join(modulesFolder, 'miniflare/dist/src/index.js');
  const { Miniflare } = await import(pathToFileURL(entry));
  return async (options, use) => {
    let complaints = '';
    const miniflare = new Miniflare({
      modules: true,
      compatibilityDate: COMPATIBILITY_DATE,
      ...options,
      handleRuntimeStdio(stdout, stderr) {
        // What the Worker itself logs comes by the first.
        stdout.resume();
        stderr.on('data', (text) => (complaints += text));
      },
    });
    try {
      const result = await use({ url: await miniflare.ready });
      assert.doesNotMatch(complaints, COMPLAINTS);
      return result;
    } finally {
      await miniflare.dispose();
    }
  };
}

/** Sends a request, and resets its connection: workerd does not see a connection that is closed for one direction. */
export async function disconnect(url, afterMs, method = 'GET') {
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect(port, hostname);
  socket.write(
    `${method} ${pathname}${search} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n`,
  );
  await sleep(afterMs);
  assert.equal(socket.bytesRead, 0, 'the Worker answered before its client left');
  socket.resetAndDestroy();
}
