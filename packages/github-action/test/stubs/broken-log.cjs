// Loaded before the bundle: the log fails in the middle of the work, like a bug would.
const write = process.stdout.write.bind(process.stdout);

process.stdout.write = (chunk, ...rest) => {
  if (String(chunk).startsWith('b: ')) throw new TypeError('no room for ::add-mask::e demo-key');
  return write(chunk, ...rest);
};
