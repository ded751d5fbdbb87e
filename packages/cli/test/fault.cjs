// Loaded before the bin: an uncaught error in the middle of a run, soon after the first reply about the model `loaded`.
const write = process.stderr.write.bind(process.stderr);
process.stderr.write = (text, ...more) => {
  if (String(text).includes('loaded: request 1')) {
    setTimeout(() => {
      throw new Error(`a fault with the key ${process.env.MODELSLAB_API_KEY}`);
    }, 50);
  }
  return write(text, ...more);
};
