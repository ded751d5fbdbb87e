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

/** Timeout of n8n's helper, instead of its 300 s. The core ends a request before that, with its own message. */
const hardTimeoutMs = (requestTimeoutMs = 150_000) => requestTimeoutMs + 1000;

/**
 * Sends the core's requests with n8n's helper, which applies the instance's proxy and policies. The helper assigns two
 * properties. Both are pinned, because a request belongs to the client that several executions share.
 */
export function createTransport(
  context: IExecuteFunctions | ILoadOptionsFunctions,
  requestTimeoutMs: number | undefined,
): Transport {
  return async ({ method, url, headers, body }, signal) => {
    const options: IHttpRequestOptions = {
      method,
      url,
      headers,
      body: pinKey(jsonParse<IDataObject>(body)),
      encoding: 'text',
      timeout: hardTimeoutMs(requestTimeoutMs),
      returnFullResponse: true,
      ignoreHttpStatusErrors: true,
      disableFollowRedirect: true,
      // The helper assigns the execution's own signal. That signal does not cover the deadline, and others may
      // wait for the reply when this execution is cancelled; the core's signal aborts when nobody waits.
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

/**
 * Keeps the key of the client, because the helper assigns the credential's current key. If a user edits the credential
 * during a wait, the new key must not be sent to the former host.
 */
function pinKey({ key, ...fields }: IDataObject): IDataObject {
  return {
    get key() {
      return key;
    },
    set key(_ignored) {},
    ...fields,
  };
}

/** Sends requests with a credential under test, which n8n's helper for tests does not apply itself. */
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
        timeout: hardTimeoutMs(requestTimeoutMs),
        resolveWithFullResponse: true,
        simple: false,
        followRedirect: false,
        followAllRedirects: false,
      }),
    );
}

/** Maximum size of a reply, because n8n's helpers have no limit. Replies of the API are far smaller. */
const MAX_REPLY_CHARACTERS = 1024 * 1024;

function toReply({ statusCode, headers, body }: IN8nHttpFullResponse): TransportReply {
  // The helper of a credential test returns an empty body as undefined.
  const text = typeof body === 'string' ? body : '';
  if (text.length > MAX_REPLY_CHARACTERS) {
    throw Object.assign(new Error('more than 1 MiB'), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' });
  }
  return {
    status: statusCode,
    // The names are already in lower case. Repeated headers are not used.
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value]] : [],
      ),
    ),
    text,
  };
}
