// Runs the script on Node, Deno and Bun, and prints its result as one line of JSON.
import * as library from '@modelslab-reload/core';
import { runScript } from './script.mjs';

const [baseUrl, closedUrl] = process.argv.slice(2);
console.log(JSON.stringify(await runScript(library, { baseUrl, closedUrl })));
