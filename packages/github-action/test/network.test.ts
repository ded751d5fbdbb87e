import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runEmulated } from './emulated.ts';
import { API_HOST, openNetwork, reloadAt, type Network } from './network.ts';
import { parseCommand } from './runner/commands.ts';

// The core's tests contain the faults of servers and proxies. These show that the bundle has its transport, and what of a
// proxy reaches the log.
const api = `https://${API_HOST}`;
const OPEN = 'HTTP/1.1 200 Connection established\r\n\r\n';
const ESCAPE = '\u001b';

let network: Network;
beforeAll(async () => {
  network = await openNetwork();
});
afterAll(() => network.close());

test.each([
  ['resets', 'network_error', /ECONNRESET/],
  ['huge', 'unexpected_response', /too large/],
  ['hangs', 'request_timeout', /No complete reply within 5\.0s/],
  ['redirects', 'unexpected_response', /redirect, which is not followed/],
])('A server that %s: %s', async (modelId, code, message) => {
  const result = await runEmulated({ inputs: { 'model-ids': modelId, 'request-timeout': '5s' } });
  expect(result.outcomes[modelId]).toMatchObject({ requests: 1, error: { code } });
  expect(result.outcomes[modelId]?.error?.message).toMatch(message);
  expect(result.requests).toHaveLength(1);
});

test('A certificate that is not trusted is a final failure.', async () => {
  const { outcome } = await reloadAt(`https://localhost:${await network.startApi()}`);
  expect(outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
  expect(outcome.error?.hint).toContain('NODE_EXTRA_CA_CERTS');
});

describe.concurrent('A proxy', () => {
  test('gets a CONNECT with its password, which appears nowhere else.', async () => {
    const proxy = await network.startProxy(OPEN, await network.startApi());
    const result = await reloadAt(api, {
      ...network.trusted,
      HTTPS_PROXY: `http://user:hunter%2F2@127.0.0.1:${proxy.port}`,
    });
    expect(result.outcome.status).toBe('success');
    expect(proxy.heads).toHaveLength(1);
    expect(proxy.heads[0]).toMatch(/^CONNECT api\.modelslab\.example:443 HTTP\/1\.1\r\n/);
    const credentials = Buffer.from('user:hunter/2').toString('base64');
    expect(proxy.heads[0]).toContain(`proxy-authorization: Basic ${credentials}\r\n`);
    expect(result.raw.split('\n')).toContain('::add-mask::hunter%252F2');
    expect(result.log).not.toMatch(/hunter|Warning/);
  });

  test.each([
    ['a line break in its status line', 'no\n::set-output name=status::success'],
    ['a carriage return in its status line', 'no\r::set-output name=status::success'],
    ['an old command', '##[add-mask]e'],
    ['an escape sequence', `${ESCAPE}[2J${ESCAPE}]8;;https://evil.example${ESCAPE}\\`],
    ['marks that reverse text', '\u202egnp.exe'],
    ['60 kB', 'x'.repeat(60_000)],
  ])('cannot send commands to the runner by %s.', async (_what, reason) => {
    const proxy = await network.startProxy(`HTTP/1.1 407 ${reason}\r\n\r\n`);
    const result = await reloadAt(api, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    expect(result.conclusion).toBe('failure');
    expect(result.outcome).toMatchObject({ requests: 0, error: { code: 'network_error' } });
    const commands = result.raw.split(/\r\n|\r|\n/).flatMap((line) => parseCommand(line) ?? []);
    expect(commands.map(({ name }) => name)).toEqual(['add-mask', 'error']);
    const texts = [result.raw, result.summary, result.outputs['outcomes']].join('\n');
    // oxlint-disable-next-line no-control-regex
    expect(texts).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(texts.length).toBeLessThan(20_000);
  });
});
