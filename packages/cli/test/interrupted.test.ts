import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '@modelslab-reload/emulator';
import type { Outcome } from '@modelslab-reload/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFull } from '../../core/test/effort.ts';
import { TestProcess } from './process.ts';

const schemaFile = new URL(import.meta.resolve('@modelslab-reload/core/outcome.schema.json'));
const isOutcome = new Ajv2020({ validateFormats: false }).compile(
  JSON.parse(readFileSync(schemaFile, 'utf8')),
);

/** The possible models; `hangs` never ends, so that there is always something to interrupt. */
const models: Record<string, (string | null)[]> = {
  loaded: [null, 'aborted'],
  cold: [null, 'aborted'],
  colder: [null, 'aborted'],
  'fails-once': [null, 'aborted'],
  'not-found': ['model_not_found', 'aborted'],
  'http-200-error': ['api_error', 'aborted'],
  hangs: ['aborted'],
};

const moment = fc.record({
  ids: fc
    .shuffledSubarray(Object.keys(models))
    .map((ids) => (ids.includes('hangs') ? ids : ids.concat('hangs'))),
  afterMs: fc.integer({ min: 0, max: 250 }),
  concurrency: fc.integer({ min: 1, max: 4 }),
  format: fc.constantFrom('json', 'ndjson'),
});

test('SIGINT at any moment: each model once, in valid JSON', async () => {
  await fc.assert(
    fc.asyncProperty(moment, async ({ ids, afterMs, concurrency, format }) => {
      await using emulator = await started();
      const process = new TestProcess({ env: { MODELSLAB_BASE_URL: emulator.url } });
      const flags = ['-o', format, '--concurrency', `${concurrency}`, '--poll-interval', '30ms'];
      const run = process.run([...ids, ...flags]);
      while (emulator.requests.length === 0) await sleep(2);
      await sleep(afterMs);
      process.emit('SIGINT', 'SIGINT');
      const { signal, stdout } = await run;

      expect(signal).toBe('SIGINT');
      const outcomes: Outcome[] =
        format === 'json'
          ? JSON.parse(stdout)
          : stdout
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line));
      expect(outcomes.map(({ modelId }) => modelId).toSorted()).toEqual(ids.toSorted());
      for (const outcome of outcomes) {
        expect(isOutcome(outcome)).toBe(true);
        expect(models[outcome.modelId]).toContain(outcome.error?.code ?? null);
        // The last one may have been interrupted.
        const seen = emulator.requests.filter(({ modelId }) => modelId === outcome.modelId).length;
        expect([seen, seen + 1]).toContain(outcome.requests);
      }
    }),
    // Each run takes real time, so shrinking a failure would take too long.
    { numRuns: isFull ? 8 : 3, endOnFailure: true, seed: 20_261_121 },
  );
}, 120_000);

async function started() {
  const emulator = await start({ port: 0, loadTimeMs: 100, loaded: ['loaded'] });
  return Object.assign(emulator, { [Symbol.asyncDispose]: () => emulator.close() });
}
