import { invalidArgument } from '../errors.ts';
import { quote } from '../text.ts';
import { rejectKey } from './api-key.ts';
import type { OptionLabels } from './option-rules.ts';
import { isLoopback, parseUrl } from './url.ts';

/** Checks the base URL and returns it without a slash at its end. */
export function checkBaseUrl(
  value: string,
  apiKey: string,
  allowInsecureHttp: boolean,
  labels: OptionLabels,
): string {
  const { baseUrl: label = 'baseUrl', allowInsecureHttp: allow = 'allowInsecureHttp' } = labels;
  const hint = 'Use one such as https://modelslab.com.';
  const url = parseUrl(value);
  if (url === null) throw invalidArgument(`${label} ${quote(value)} is not a valid URL.`, hint);
  // Parsing removes tabs, line breaks and soft hyphens, and writes full-width letters as plain ones.
  rejectKey(label, url.href, apiKey);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw invalidArgument(`${label} must begin with https:, not ${url.protocol}`, hint);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalidArgument(`${label} must not have a user, password, query or fragment.`, hint);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecureHttp) {
    throw invalidArgument(
      `${label} ${quote(value)} would send the API key unencrypted to another machine.`,
      `Use https:, or set ${allow} if you trust every machine on the network path.`,
    );
  }
  let end = url.href.length;
  while (url.href[end - 1] === '/') end--;
  return url.href.slice(0, end);
}
