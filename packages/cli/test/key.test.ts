import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli } from './cli.ts';

/** What the server answers next. */
let answer = { status: 200, text: '' };
const server = createServer((request, response) => {
  request.resume();
  response.statusCode = answer.status;
  // A header takes no more than ASCII.
  response.setHeader('x-echo', encodeURIComponent(answer.text).slice(0, 1000));
  response.end(answer.text);
});
const folder = mkdtempSync(join(tmpdir(), 'modelslab-reload-'));
const record = join(folder, 'record.ndjson');

beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const character = fc.constantFrom(...Array.from('abcXYZ0189/+=-_.~%&<>"\'\\{}[]?#$^*()|é🔑'));
const key = fc
  .array(character, { minLength: 8, maxLength: 40 })
  .map((all) => all.join(''))
  // Unlike any ordinary output, and not in quotes or a NAME=value line, which is rejected.
  .filter((text) => /[A-Z].*\d|\d.*[A-Z]/.test(text) && !/^["']|["']$|^\w+=/.test(text));

const spelled = fc.constantFrom<(key: string) => string>(
  (text) => text,
  (text) => JSON.stringify(text).slice(1, -1),
  encodeURIComponent,
  (text) => Buffer.from(text).toString('base64'),
);

const put = fc.constantFrom<(text: string) => { status: number; text: string }>(
  (text) => ({ status: 200, text: JSON.stringify({ status: 'success', message: text }) }),
  (text) => ({ status: 200, text: JSON.stringify({ status: text, message: text }) }),
  (text) => ({
    status: 400,
    text: JSON.stringify({ status: 'error', messege: { [text]: [text] } }),
  }),
  (text) => ({ status: 500, text: JSON.stringify({ status: 'error', message: '', tips: text }) }),
  (text) => ({ status: 404, text: `<html>${text}</html>` }),
  (text) => ({ status: 200, text: `{"status":"success","message":"${text}` }),
);

test.each([['text'], ['json'], ['ndjson']])(
  'the key is in no line of --verbose, no file of --record and no %s, wherever a reply has it',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(key, spelled, put, async (apiKey, spell, reply) => {
        answer = reply(spell(apiKey));
        const { port } = server.address() as AddressInfo;
        const { stdout, stderr } = await cli(
          ['my-model', '-v', '-o', format, '--record', record, '--retries', '0'],
          { env: { MODELSLAB_API_KEY: apiKey, MODELSLAB_BASE_URL: `http://127.0.0.1:${port}` } },
        );
        const recorded = readFileSync(record, 'utf8');
        expect(stderr).toContain('my-model: request 1');
        expect(JSON.parse(recorded).request.body).toBe(
          '{"key":"[redacted]","model_id":"my-model"}',
        );
        for (const spelling of [
          apiKey,
          JSON.stringify(apiKey).slice(1, -1),
          encodeURIComponent(apiKey),
          Buffer.from(apiKey).toString('base64').replace(/=+$/, ''),
        ]) {
          expect(stdout + stderr + recorded).not.toContain(spelling);
        }
      }),
      { numRuns: 4 },
    );
  },
  60_000,
);
