// Loaded before the bundle: requests that never complete, and timers that do not keep the process alive.
const { EventEmitter } = require('node:events');
const http = require('node:http');

http.request = () => Object.assign(new EventEmitter(), { end() {}, destroy() {} });
const { setTimeout } = globalThis;
globalThis.setTimeout = (...timer) => setTimeout(...timer).unref();
