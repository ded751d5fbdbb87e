import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's folder. */
export const packageDir = fileURLToPath(new URL('../../', import.meta.url));

/** Creates a temporary folder for one run, with a function to remove it. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'n8n-node-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Packs the built package as npm publishes it; returns the tarball's path. */
export function pack(into) {
  const packed = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', into],
    { cwd: packageDir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [{ filename }] = JSON.parse(packed);
  return join(into, filename);
}
