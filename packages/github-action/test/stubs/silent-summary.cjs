// Loaded before the bundle: file operations that never complete.
const { promises } = require('node:fs');

promises.access = () => new Promise(() => {});
