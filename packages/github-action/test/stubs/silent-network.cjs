// Loaded before the bundle: connections that are never opened, and timers that do not keep the process alive.
const net = require('node:net');

net.connect = () => new net.Socket();
const { setTimeout } = globalThis;
globalThis.setTimeout = (...timer) => setTimeout(...timer).unref();
