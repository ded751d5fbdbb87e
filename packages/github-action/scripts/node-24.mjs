// Finds the Node that the bundle is tested on: the runner's version from the cache, or any installed version from 24.
import { existsSync } from 'node:fs';
import { canFetchNode, nodeBinary } from '../../../scripts/node-binary.mjs';

/** The version that GitHub's runner includes. */
export const runnerNode = '24.19.0';

/** Returns the path of Node 24 or newer; null if it is not available. */
export function findNode24() {
  if (canFetchNode && existsSync(nodeBinary(runnerNode))) return nodeBinary(runnerNode);
  return Number.parseInt(process.versions.node, 10) >= 24 ? process.execPath : null;
}
