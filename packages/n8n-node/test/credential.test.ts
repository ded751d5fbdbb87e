import type { ICredentialsDecrypted } from 'n8n-workflow';
import { describe, expect, test } from 'vitest';

import { ModelsLabReloadApi } from '../credentials/ModelsLabReloadApi.credentials.ts';
import { ModelsLabReload } from '../nodes/ModelsLabReload/ModelsLabReload.node.ts';
import { clock, fakeN8n, type FakeN8n } from './fake-n8n.ts';
import { findMissingIcons, readReadme } from './package-files.mts';

const { credentialTest } = new ModelsLabReload().methods;

const testCredential = async (n8n: FakeN8n) => {
  const credential: ICredentialsDecrypted = {
    id: '1',
    name: 'ModelsLab account',
    type: 'modelsLabReloadApi',
    data: n8n.credential,
  };
  return await clock.run(
    async () => await credentialTest.testCredential.call(n8n.credentialTest, credential),
  );
};

const code = (systemCode: string, message: string) => () =>
  Object.assign(new Error(message), { code: systemCode });

const reply = (status: number, text: string) => ({
  emulator: { intercept: () => ({ status, headers: {}, text }) },
});

describe('The credential', () => {
  test('has its own type name, and hides the key.', () => {
    const credential = new ModelsLabReloadApi();

    expect(credential.name).toBe('modelsLabReloadApi');
    expect(
      credential.properties.map(({ name, type, default: value, required = false }) => [
        name,
        type,
        value,
        required,
      ]),
    ).toEqual([
      ['apiKey', 'string', '', true],
      ['baseUrl', 'string', 'https://modelslab.com', false],
      ['allowInsecureHttp', 'boolean', false, false],
    ]);
    expect(credential.properties[0]?.typeOptions).toEqual({ password: true });
  });

  test("has the labels that the node's messages use.", () => {
    const labels = new ModelsLabReloadApi().properties.map(({ displayName }) => displayName);

    expect(labels).toEqual(['API Key', 'Base URL', 'Allow Insecure HTTP']);
  });

  test('links to a section of the README, and has icons.', () => {
    const { documentationUrl, icon } = new ModelsLabReloadApi();
    const readme = readReadme();

    expect(documentationUrl).toMatch(
      /^https:\/\/github\.com\/.+\/packages\/n8n-node#the-credential$/,
    );
    expect(readme).toMatch(/^#+ The credential$/m);
    expect(findMissingIcons(icon, '../credentials/')).toEqual([]);
  });

  test('sends the key in the body and nowhere else, in any node that uses it.', () => {
    expect(new ModelsLabReloadApi().authenticate).toEqual({
      type: 'generic',
      properties: { body: { key: '={{ $credentials.apiKey }}' } },
    });
  });
});

describe('The test of a credential', () => {
  test('lists the trained models, with the key only in the body.', async () => {
    const n8n = fakeN8n({ emulator: { models: ['a', 'b'] } });

    expect(await testCredential(n8n)).toEqual({
      status: 'OK',
      message: 'The API accepted the key. Trained models: 2.',
    });
    const [{ body, ...rest } = {}] = n8n.sent;
    expect(body).toEqual({ key: n8n.key });
    expect(JSON.stringify(rest)).not.toContain(JSON.stringify(n8n.key).slice(1, -1));
    expect(rest).toMatchObject({
      resolveWithFullResponse: true,
      followRedirect: false,
      followAllRedirects: false,
      simple: false,
    });
  });

  test.each([
    [
      'an invalid key, under HTTP 200',
      reply(200, '{"status":"error","message":"Invalid API key"}'),
      'Invalid API key. Check the API key: copy it again from the ModelsLab dashboard.',
    ],
    [
      'no key',
      { credential: { apiKey: '' } },
      'The API key is missing. Pass the key from your ModelsLab dashboard.',
    ],
    [
      'a key that is not text',
      { credential: { apiKey: 42 } },
      'The API key is missing. Pass the key from your ModelsLab dashboard.',
    ],
    [
      'a refused connection',
      { thrown: code('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:9') },
      'The request failed: connect ECONNREFUSED 127.0.0.1:9. Check the network, the base URL and the proxy settings, then run this again.',
    ],
    [
      'a host that does not exist',
      { thrown: code('ENOTFOUND', 'getaddrinfo ENOTFOUND modelslab.example') },
      'The request failed: getaddrinfo ENOTFOUND modelslab.example. Check the network, the base URL and the proxy settings, then run this again.',
    ],
    [
      'a host that is not the API',
      reply(200, '<html>Welcome</html>'),
      /^HTTP 200 with .*\. Check the base URL and any proxy in between\.$/,
    ],
    ['an empty reply', reply(200, ''), /^HTTP 200 with an empty body\./],
    [
      'plain HTTP to another machine',
      { credential: { baseUrl: 'http://example.com' } },
      /would send the API key unencrypted to another machine/,
    ],
    [
      'an invalid URL',
      { credential: { baseUrl: 'modelslab.com' } },
      /is not a valid URL\. Use one such as https:/,
    ],
  ])('explains the problem: %s.', async (_, fake, message) => {
    expect(await testCredential(fakeN8n(fake))).toEqual({
      status: 'Error',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  test('ends after 30 s, even without a reply.', async () => {
    const startedAt = clock.now();
    const n8n = fakeN8n({ emulator: { intercept: () => null }, thrown: undefined });
    n8n.credentialTest.helpers.request = async () => await new Promise(() => {});

    expect(await testCredential(n8n)).toMatchObject({
      status: 'Error',
      message: expect.stringContaining('No complete reply within 30s'),
    });
    expect(clock.now() - startedAt).toBe(30_000);
  });

  test.each([[''], [undefined], [42]])(
    'uses the default base URL instead of %j.',
    async (baseUrl) => {
      const n8n = fakeN8n({ credential: { baseUrl } });

      await testCredential(n8n);

      expect(n8n.sent[0]?.url).toBe('https://modelslab.com/api/v3/finetune_list');
    },
  );

  test('never shows the key.', async () => {
    const n8n = fakeN8n();
    const text = JSON.stringify({ status: 'error', message: `No account has ${n8n.key}` });
    const echo = fakeN8n({ sameAccountAs: n8n });
    echo.credentialTest.helpers.request = async () => ({
      statusCode: 200,
      headers: {},
      body: text,
    });

    expect(await testCredential(echo)).toMatchObject({
      message: expect.stringContaining('No account has [redacted]'),
    });
  });
});
