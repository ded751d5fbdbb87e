// Writes the licenses of bundled third-party packages next to the bundle, as those licenses require.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns a rolldown plugin that adds a file with the licenses; it fails the build if a package has none. */
export function bundledLicenses(fileName = 'THIRD-PARTY-LICENSES.txt') {
  return {
    name: 'bundled-licenses',
    generateBundle(_options, bundle) {
      const folders = new Set(
        Object.values(bundle)
          .filter((file) => file.type === 'chunk')
          .flatMap((chunk) => Object.entries(chunk.modules))
          .filter(([, { code }]) => code)
          .flatMap(([id]) => packageFolderOf(id) ?? []),
      );
      const source = [...folders]
        .map(licenseOf)
        .toSorted()
        .join(`\n${'-'.repeat(80)}\n\n`);
      this.emitFile({ type: 'asset', fileName, source });
    },
  };
}

/** Returns the folder in node_modules of the package that contains a file; null for the project's own files. */
function packageFolderOf(id) {
  const [folder] = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? [null];
  return folder;
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no license file, which the bundle needs.`);
  const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}
