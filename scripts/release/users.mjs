// Creates projects like those of users, each with its own package manager: installs the packages from a registry,
// checks their types strictly, and runs them.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedTool } from '../cached-tool.mjs';
import { PNPM } from '../command.mjs';

const YARN = '4.18.1';
const release = fileURLToPath(new URL('.', import.meta.url));
const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
);

export const USED = ['@modelslab-reload/core', 'modelslab-reload', '@modelslab-reload/emulator'];

/** The install and upgrade commands of each package manager; yarn is downloaded into the cache. */
export const MANAGERS = {
  npm: {
    install: ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...USED],
    upgrade: ['npm', 'update', '--no-audit', '--no-fund', '--loglevel=error'],
  },
  pnpm: {
    install: [...PNPM, 'add', '--silent', ...USED],
    upgrade: [...PNPM, 'update', '--silent'],
  },
  yarn: {
    install: ['yarn', 'add', ...USED],
    upgrade: ['yarn', 'up', ...USED],
  },
};

/**
 * Creates a project and installs the packages, with separate caches, because an earlier run may have published the same
 * version.
 */
export async function createProject({ folder, manager, registry, run }) {
  mkdirSync(folder, { recursive: true });
  // Without a packageManager field, which would select another one than the user's.
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true }\n');
  writeFileSync(join(folder, '.npmrc'), `registry=${registry}\n`);
  writeFileSync(
    join(folder, '.yarnrc.yml'),
    JSON.stringify({
      npmRegistryServer: registry,
      unsafeHttpWhitelist: ['127.0.0.1'],
      nodeLinker: 'node-modules',
      enableTelemetry: false,
      enableGlobalCache: false,
      npmMinimalAgeGate: 0,
    }),
  );
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), "packages: ['.']\n");
  const env = {
    npm_config_registry: registry,
    npm_config_cache: join(folder, '.npm-cache'),
    npm_config_store_dir: join(folder, '.pnpm-store'),
    npm_config_cache_dir: join(folder, '.pnpm-cache'),
    YARN_GLOBAL_FOLDER: join(folder, '.yarn-global'),
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
  };
  const project = (command) => run(command, { cwd: folder, env });
  const { install, upgrade } = MANAGERS[manager];
  if (manager === 'yarn') writeFileSync(join(folder, 'yarn.lock'), '');
  await project(toCommand(install));
  return {
    folder,
    run: project,
    upgrade: () => project(toCommand(upgrade)),
    versions: () => USED.map((name) => readManifest(folder, name).version),
  };
}

export function readManifest(folder, name) {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
}

/** Compiles a strict program as an ES module and as CommonJS; returns the compiler's output. */
export async function typeCheck({ folder, run }) {
  cpSync(join(release, 'strict-consumer.ts'), join(folder, 'consumer.mts'));
  cpSync(join(release, 'strict-consumer.ts'), join(folder, 'consumer.cts'));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2022',
        lib: ['es2022', 'dom'],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        noEmit: true,
        types: [],
      },
      files: ['consumer.mts', 'consumer.cts'],
    }),
  );
  return run([process.execPath, tsc, '-p', folder]);
}

const PROGRAM = `
const emulator = await start({ port: 0, loadTimeMs: 300 });
const client = createClient({ apiKey: 'demo-key', baseUrl: emulator.url, pollIntervalMs: 200 });
const { status, evidence } = await client.reload('my-model');
await emulator.close();
console.log(status, evidence);
`;

/**
 * Runs a program that uses the library and the emulator, as an ES module and with \`require\`; returns both outputs.
 */
export async function runPrograms({ folder, run }) {
  writeFileSync(
    join(folder, 'program.mjs'),
    `import { createClient } from '@modelslab-reload/core';\nimport { start } from '@modelslab-reload/emulator';\n${PROGRAM}`,
  );
  writeFileSync(
    join(folder, 'program.cjs'),
    `const { createClient } = require('@modelslab-reload/core');\nconst { start } = require('@modelslab-reload/emulator');\n(async () => {${PROGRAM}})();`,
  );
  const outputs = [];
  for (const file of ['program.mjs', 'program.cjs'])
    outputs.push((await run([process.execPath, '--no-warnings', file])).trim());
  return outputs;
}

/** Returns a command with the downloaded yarn in place of its name. */
function toCommand([name, ...args]) {
  return name === 'yarn' ? [process.execPath, yarnBinary(), ...args] : [name, ...args];
}

function yarnBinary() {
  const modules = cachedTool({
    name: `yarn-${YARN}`,
    megabytes: 4,
    dependencies: { '@yarnpkg/cli-dist': YARN },
  });
  return join(modules, '@yarnpkg/cli-dist/bin/yarn.js');
}
