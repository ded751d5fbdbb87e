// Runs the script in a Worker or an edge function: the query has the two URLs.
import * as library from '@modelslab-reload/core';
import { runScript } from './script.mjs';

export default {
  async fetch({ url }) {
    return Response.json(await runScript(library, Object.fromEntries(new URL(url).searchParams)));
  },
};
