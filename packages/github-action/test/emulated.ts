import { start, type EmulatorOptions, type RecordedRequest } from '@modelslab-reload/emulator';
import type { Outcome } from '@modelslab-reload/core/engine';
import { runStep, type StepOptions, type StepResult } from './runner/step.ts';

export interface EmulatedResult extends StepResult {
  /** The output `outcomes` by model id; empty if the output is missing. */
  outcomes: Record<string, Outcome>;
  /** Requests that the emulator received. */
  requests: readonly RecordedRequest[];
}

/**
 * Runs the step against its own emulator, where models load in 50 ms, with short intervals and no
 * retries.
 */
export async function runEmulated(
  step: Partial<StepOptions>,
  options: EmulatorOptions = {},
): Promise<EmulatedResult> {
  const emulator = await start({ port: 0, loadTimeMs: 50, ...options });
  try {
    const result = await runStep({
      ...step,
      inputs: {
        'api-key': 'demo-key',
        'base-url': emulator.url,
        'poll-interval': '60ms',
        retries: '0',
        ...step.inputs,
      },
    });
    const list: Outcome[] = JSON.parse(result.outputs['outcomes'] ?? '[]');
    const outcomes = Object.fromEntries(list.map((outcome) => [outcome.modelId, outcome]));
    return { ...result, outcomes, requests: [...emulator.requests] };
  } finally {
    await emulator.close();
  }
}
