// node scan.mjs SCANNER FOLDER sources|packed: runs n8n's scanner on a folder and prints its result as JSON. In a
// separate process, because a plugin of the scanner returns other results if NODE_ENV is test.
import { pathToFileURL } from 'node:url';

const [, , scanner, folder, what] = process.argv;
const { analyzePackage, SOURCE_FILE_PATTERNS } = await import(pathToFileURL(scanner).href);
const patterns = what === 'sources' ? SOURCE_FILE_PATTERNS : ['**/*.js', 'package.json'];
console.log(JSON.stringify(await analyzePackage(folder, patterns)));
