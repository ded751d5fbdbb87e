// Publishes the tarballs in a folder to npm: a package before those that depend on it, and none twice, so that a publish
// that failed halfway can be run again. Uses only Node and npm, because its job may publish.
//
//   node scripts/release/publish.mjs FOLDER
import { readdirSync } from 'node:fs';
import { run } from '../command.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: node scripts/release/publish.mjs FOLDER');

const tarballs = [];
for (const file of readdirSync(folder).filter((name) => name.endsWith('.tgz')))
  tarballs.push({ file, ...(await readManifest(file)) });
const own = new Set(tarballs.map(({ name }) => name));
const countOwn = ({ dependencies = {} }) =>
  Object.keys(dependencies).filter((name) => own.has(name)).length;
tarballs.sort((one, other) => countOwn(one) - countOwn(other));
if (tarballs.length === 0) throw new Error(`There is no tarball in ${folder}.`);

for (const { file, name, version } of tarballs) {
  try {
    if (await isPublished(name, version)) console.log(`${name}@${version} is published already.`);
    else {
      await run(['npm', 'publish', `./${file}`, '--access', 'public'], { cwd: folder });
      console.log(`Published ${name}@${version}.`);
    }
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function readManifest(file) {
  return JSON.parse(await run(['tar', '-xzOf', file, 'package/package.json'], { cwd: folder }));
}

async function isPublished(name, version) {
  try {
    const found = await run(['npm', 'view', `${name}@${version}`, 'version', '--prefer-online'], {
      cwd: folder,
    });
    return found.trim() === version;
  } catch (error) {
    // The package or the version does not exist.
    if (error.message.includes('E404')) return false;
    throw error;
  }
}
