import { initialOutcome, type Outcome } from '@modelslab-reload/core/engine';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { toNodeError, toOutcomeError, withNote } from '../../shared/errors.ts';

export type Results = ReturnType<typeof createResults>;

/** Collects the outcome of each item, and creates what the node returns or throws. */
export function createResults(context: IExecuteFunctions) {
  const outcomes = new Map<number, Outcome>();
  const startedAt = Date.now();
  let apiKey = '';

  /** Runs `task`. What it throws becomes the outcome of the models' items that have none yet. */
  async function attempt(
    models: Iterable<readonly [modelId: string, items: readonly number[]]>,
    task: () => void | Promise<void>,
  ): Promise<void> {
    try {
      await task();
    } catch (caught) {
      const error = toOutcomeError(caught, apiKey);
      for (const [modelId, items] of models) {
        const outcome = { ...initialOutcome(modelId, startedAt), error };
        for (const item of items) if (!outcomes.has(item)) outcomes.set(item, outcome);
      }
    }
  }

  /** Returns the items in their order; throws the first failure unless the node continues on failures. */
  function toItems(): INodeExecutionData[] {
    const inOrder = [...outcomes].toSorted(([one], [other]) => one - other);
    if (!context.continueOnFail()) throwFirstFailure(context, inOrder);
    const hasErrorOutput = context.getNode().onError === 'continueErrorOutput';
    return inOrder.map(([item, outcome]) => ({
      json: hasErrorOutput && outcome.error ? toErrorJson(outcome) : { ...outcome },
      pairedItem: { item },
    }));
  }

  return {
    attempt,
    toItems,
    /** Removes the key from all errors from now on. */
    hideKey(key: string) {
      apiKey = key;
    },
    set(item: number, outcome: Outcome) {
      outcomes.set(item, { ...outcome, error: outcome.error && withNote(outcome.error) });
    },
    hasFailure: () => [...outcomes.values()].some(({ error }) => error !== null),
  };
}

function throwFirstFailure(context: IExecuteFunctions, outcomes: Array<[number, Outcome]>): void {
  const failures = outcomes.filter(([, { error }]) => error !== null);
  const [first] = failures;
  if (!first?.[1].error) return;
  const [itemIndex, { modelId, error }] = first;
  const otherIds = new Set(failures.map(([, outcome]) => outcome.modelId));
  otherIds.delete(modelId);
  throw toNodeError(context.getNode(), error, { modelId, itemIndex, otherIds: [...otherIds] });
}

/** Returns n8n's error output: an item whose only field is `error`, in the shape of the library's ReloadError. */
function toErrorJson({ error, ...outcome }: Outcome): IDataObject {
  return { error: { ...error, outcome } };
}
