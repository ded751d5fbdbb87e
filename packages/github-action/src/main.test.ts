import { afterEach, expect, test, vi } from 'vitest';
import { main } from './main.ts';

const lines: string[] = [];
const { exitCode } = process;

/** Sets the inputs of the step, and collects the lines of its log. */
function prepare(inputs: Record<string, unknown>) {
  for (const [name, value] of Object.entries(inputs)) {
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, String(value));
  }
  // In a workflow, they name the files of the step that runs the tests.
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY']) vi.stubEnv(name, '');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
}

afterEach(() => {
  lines.length = 0;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = exitCode;
});

test('a step that is cancelled before it has listed the models fails, even with fail-on-error: false', async () => {
  prepare({ 'api-key': 'test-key-0123456789', 'all-trained': true, 'fail-on-error': false });
  await main(AbortSignal.abort('cancelled'));
  const errors = lines.filter((line) => line.startsWith('::error'));
  expect(errors.join('')).toContain('Cancelled before the first request for a model.');
  expect(process.exitCode).toBe(1);
});

test('a warning about many ids is as long as GitHub accepts', async () => {
  const ids = Array.from({ length: 2000 }, (_, at) => `broken-${at}`);
  prepare({ 'api-key': 'test-key-0123456789', 'model-ids': '[]', 'exclude-model-ids': ids });
  await main(new AbortController().signal);
  const warning = lines.find((line) => line.startsWith('::warning')) ?? '';
  expect(warning).toContain('so nothing is left out: broken-0, broken-1');
  expect(warning.length).toBeLessThan(4096);
});
