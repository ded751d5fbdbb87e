// Loaded before the bin: an uncaught error in the middle of a run.
setTimeout(() => {
  throw new Error(`a fault with the key ${process.env.MODELSLAB_API_KEY}`);
}, 2500).unref();
