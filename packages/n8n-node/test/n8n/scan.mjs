// node scan.mjs SCANNER FOLDER sources|packed: n8n's scanner on a folder, its result as JSON. In a process of
// its own, since a plugin of the scanner has other results if NODE_ENV is test.
import { pathToFileURL } from 'node:url';

const [, , scanner, folder, what] = process.argv;
const { analyzePackage, SOURCE_FILE_PATTERNS } = await import(pathToFileURL(scanner).href);
const patterns = what === 'sources' ? SOURCE_FILE_PATTERNS : ['**/*.js', 'package.json'];
console.log(JSON.stringify(await analyzePackage(folder, patterns)));
