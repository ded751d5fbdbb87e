// Loaded before the bin: tells on standard error which files of the bundle the run has loaded.
const { basename, dirname, join } = require('node:path');

const dist = join(dirname(__dirname), 'dist');
process.on('exit', () => {
  const files = Object.keys(require.cache).filter((file) => dirname(file) === dist);
  process.stderr.write(`loaded: ${files.map((file) => basename(file)).join(' ')}\n`);
});
