import { Agent } from 'node:http';
import axios from 'axios';
import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { testTransport } from '../../core/test/transport-contract.ts';
import { createTransport } from '../nodes/ModelsLabReload/shared/transport.ts';

/** Sends a request as n8n's helper does: with axios, one connection for each, without any limit of size. */
async function sendAsN8n(options: IHttpRequestOptions) {
  const { status, headers, data } = await axios({
    url: options.url,
    method: options.method ?? 'GET',
    headers: options.headers as Record<string, string>,
    data: options.body,
    timeout: options.timeout ?? 300_000,
    responseType: options.encoding,
    signal: options.abortSignal,
    maxRedirects: options.disableFollowRedirect ? 0 : 5,
    maxBodyLength: Infinity,
    maxContentLength: Infinity,
    httpAgent: new Agent(),
    validateStatus: options.ignoreHttpStatusErrors ? () => true : null,
  });
  return { statusCode: status, headers, body: data };
}

const execution = {
  helpers: {
    httpRequestWithAuthentication: (_credential: string, options: IHttpRequestOptions) =>
      sendAsN8n(options),
  },
};

testTransport('n8n', {
  createTransport: () => createTransport(execution as unknown as IExecuteFunctions, undefined),
  except: [
    // n8n's helper reads a body to its end; the node limits what the core parses.
    'size cap',
    // The helper returns text, from which the bytes cannot be restored.
    'compressed body without a header',
    // axios decodes one encoding.
    'two encodings',
  ],
});
