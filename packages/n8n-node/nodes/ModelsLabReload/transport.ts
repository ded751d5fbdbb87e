import type { Transport, TransportReply } from '@modelslab-reload/core/engine';
import {
  jsonParse,
  type ICredentialTestFunctions,
  type IDataObject,
  type IExecuteFunctions,
  type IHttpRequestOptions,
  type ILoadOptionsFunctions,
  type IN8nHttpFullResponse,
} from 'n8n-workflow';

/** The core ends a request itself, in its own words; this replaces n8n's limit of 300 s. */
const netOf = (requestTimeoutMs = 150_000) => requestTimeoutMs + 1000;

/** Sends the core's requests with n8n's helper, which knows the instance's proxy and its policies. */
export function createTransport(
  context: IExecuteFunctions | ILoadOptionsFunctions,
  requestTimeoutMs: number | undefined,
): Transport {
  return async ({ method, url, headers, body }, signal) => {
    const options: IHttpRequestOptions = {
      method,
      url,
      headers,
      // The helper writes the credential's key into this object: the same key, over itself.
      body: jsonParse<IDataObject>(body),
      encoding: 'text',
      timeout: netOf(requestTimeoutMs),
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      disableFollowRedirect: true,
      // The helper would put the execution's own signal here, which knows no deadline. The core's
      // aborts with the execution as well, so it stays.
      get abortSignal() {
        return signal;
      },
      set abortSignal(_ignored) {},
    };
    return toReply(
      await context.helpers.httpRequestWithAuthentication.call(
        context,
        'modelsLabReloadApi',
        options,
      ),
    );
  };
}

/** The same for a credential under test, for which n8n has one helper, and which it does not apply. */
export function createTestTransport(
  { helpers }: ICredentialTestFunctions,
  requestTimeoutMs: number,
): Transport {
  return async ({ method, url, headers, body }) =>
    toReply(
      await helpers.request({
        method,
        uri: url,
        headers,
        body,
        timeout: netOf(requestTimeoutMs),
        resolveWithFullResponse: true,
        simple: false,
        followRedirect: false,
        followAllRedirects: false,
      }),
    );
}

/** No reply of the API is near it; n8n's helpers read whatever comes. */
const LARGEST = 1024 * 1024;

function toReply({ statusCode, headers, body }: IN8nHttpFullResponse): TransportReply {
  // The helper of a credential test gives an empty body as undefined.
  const text = typeof body === 'string' ? body : '';
  if (text.length > LARGEST) {
    throw Object.assign(new Error('more than 1 MiB'), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' });
  }
  return {
    status: statusCode,
    // Their names are in lower case already; no header that comes more than once says anything here.
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value]] : [],
      ),
    ),
    text,
  };
}
