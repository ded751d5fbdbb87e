// Checks tarballs: they may contain only what `files` lists and what npm adds, but no sources, tests or notes.

/** The extensions in `dist`, by the folder of the package. */
const EXTENSIONS = {
  core: ['js', 'd.ts', 'js.map', 'json'],
  cli: ['js', 'txt', 'json'],
  emulator: ['js', 'd.ts', 'js.map'],
  bullmq: ['js', 'd.ts', 'js.map'],
  'n8n-node': ['js', 'json', 'svg', 'txt'],
};
const BESIDE = ['LICENSE', 'README.md', 'package.json'];
/** Commands that exist before the build, so that a workspace links them on its first install. */
const LAUNCHERS = { emulator: ['bin/modelslab-emulator.js'] };

/** The folders in `packages/` that are published to npm. */
export const PUBLISHED = Object.keys(EXTENSIONS);

/** Returns the problems with the files of a tarball, which are paths without the leading `package/`. */
export function checkContents(folder, files) {
  const extensions = EXTENSIONS[folder].map((extension) => extension.replace('.', '\\.')).join('|');
  const allowed = new RegExp(
    `^dist/(?:[\\w-]+/)*[\\w-]+(?:\\.(?!test\\b)[\\w-]+)*\\.(?:${extensions})$`,
  );
  const required = [...BESIDE, ...(LAUNCHERS[folder] ?? [])];
  const strange = files.filter((file) => !required.includes(file) && !allowed.test(file));
  const missing = required.filter((file) => !files.includes(file));
  return [
    ...strange.map((file) => `${file} should not be in it`),
    ...missing.map((file) => `${file} is missing`),
  ];
}

/** Returns the problems with a published package.json. */
export function checkManifest({ scripts = {}, dependencies = {}, peerDependencies = {} }) {
  const atInstall = ['preinstall', 'install', 'postinstall'].filter((name) => name in scripts);
  const local = Object.entries({ ...dependencies, ...peerDependencies }).filter(([, range]) =>
    /^(?:workspace|link|file):/.test(range),
  );
  return [
    ...atInstall.map((name) => `a script runs at ${name}`),
    ...local.map(([name, range]) => `${name} is ${range}`),
  ];
}
