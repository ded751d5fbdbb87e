// Loaded before the bin: prints to standard error which files of the bundle the run has loaded.
const path = require('node:path');

const dist = path.join(__dirname, '../dist');
process.on('exit', () => {
  const files = Object.keys(require.cache).filter((file) => path.dirname(file) === dist);
  process.stderr.write(`loaded: ${files.map((file) => path.basename(file)).join(' ')}\n`);
});
