// The Node that the bundle is tested on: the runner's own, from the cache, or whichever of 24 or
// newer is at hand.
import { existsSync } from 'node:fs';
import { canFetchNode, nodeBinary } from '../../../scripts/node-binary.mjs';

/** The version that GitHub's runner brings along. */
export const runnerNode = '24.19.0';

/** The path of a Node of 24 or newer; null where none is at hand. */
export function findNode24() {
  if (canFetchNode && existsSync(nodeBinary(runnerNode))) return nodeBinary(runnerNode);
  return Number.parseInt(process.versions.node, 10) >= 24 ? process.execPath : null;
}
