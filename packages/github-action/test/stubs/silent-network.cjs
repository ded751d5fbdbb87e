// Loaded before the bundle: requests that nothing comes of, and timers that hold nothing open.
const { EventEmitter } = require('node:events');
const http = require('node:http');

http.request = () => Object.assign(new EventEmitter(), { end() {}, destroy() {} });
const { setTimeout } = globalThis;
globalThis.setTimeout = (...timer) => setTimeout(...timer).unref();
