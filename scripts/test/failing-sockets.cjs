// Loaded before a host: each connection fails with the next of the given texts in its message and its code.
const { Socket } = require('node:net');

const texts = JSON.parse(process.env.FAILING_TEXTS);
Socket.prototype.connect = function connect() {
  const text = texts.shift() ?? 'x';
  process.nextTick(() => this.destroy(Object.assign(new Error(`no: ${text}`), { code: text })));
  return this;
};
