import { afterEach, expect, test, vi } from 'vitest';
import { main } from './main.ts';

const lines: string[] = [];
const { exitCode } = process;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = exitCode;
});

test('a step that is cancelled before it has listed the models fails, even with fail-on-error: false', async () => {
  const inputs = { 'api-key': 'test-key-0123456789', 'all-trained': true, 'fail-on-error': false };
  for (const [name, value] of Object.entries(inputs)) {
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, String(value));
  }
  // In a workflow, they name the files of the step that runs the tests.
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY']) vi.stubEnv(name, '');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  await main(AbortSignal.abort('cancelled'));
  const errors = lines.filter((line) => line.startsWith('::error'));
  expect(errors.join('')).toContain('Cancelled before the first request for a model.');
  expect(process.exitCode).toBe(1);
});
