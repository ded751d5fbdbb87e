// Checks the types of every package, all with the compiler of the root: the one of the n8n node, which n8n's linter needs,
// takes six times as long.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../packages', import.meta.url));
const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
const tsc = join(dirname(manifest), 'bin/tsc');

for (const name of readdirSync(packages)) {
  const project = join(packages, name, 'tsconfig.json');
  if (!existsSync(project)) continue;
  console.log(`types of ${name}`);
  const { status } = spawnSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
