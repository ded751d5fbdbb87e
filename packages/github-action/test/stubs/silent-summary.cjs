// Loaded before the bundle: files are asked for, and nothing comes of it.
const { promises } = require('node:fs');

promises.access = () => new Promise(() => {});
