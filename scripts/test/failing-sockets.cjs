// Loaded before a host, or called within its process: each connection fails with the next of the given texts in its message
// and its code.
const { Socket } = require('node:net');

/** Lets connections fail; returns a function that ends it. */
exports.failConnections = (given) => {
  const original = Object.getOwnPropertyDescriptor(Socket.prototype, 'connect');
  const texts = [...given];
  Socket.prototype.connect = function connect() {
    const text = texts.shift() ?? 'x';
    process.nextTick(() => this.destroy(Object.assign(new Error(`no: ${text}`), { code: text })));
    return this;
  };
  return () => void Object.defineProperty(Socket.prototype, 'connect', original);
};

if (process.env.FAILING_TEXTS) exports.failConnections(JSON.parse(process.env.FAILING_TEXTS));
