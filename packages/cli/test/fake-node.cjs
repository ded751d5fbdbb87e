// Loaded before the bin: pretends to be another version of Node.
Object.defineProperty(process, 'versions', {
  value: { ...process.versions, node: process.env.FAKE_NODE },
});
