import type { Outcome } from '@modelslab-reload/core/engine';
import type { INodeExecutionData } from 'n8n-workflow';

import { ModelsLabReload } from '../nodes/ModelsLabReload/ModelsLabReload.node.ts';
import { clock, type FakeN8n } from './fake-n8n.ts';

/** Executes the node once; call it inside `clock.run`. */
export async function execute(n8n: FakeN8n): Promise<INodeExecutionData[]> {
  return (await new ModelsLabReload().execute.call(n8n.execute))[0] ?? [];
}

/** Executes the node in virtual time. */
export async function run(n8n: FakeN8n): Promise<INodeExecutionData[]> {
  return await clock.run(async () => await execute(n8n));
}

/** Executes the node in virtual time, and returns its items as outcomes. */
export async function outcomesOf(n8n: FakeN8n): Promise<Outcome[]> {
  return (await run(n8n)).map(toOutcome);
}

export const toOutcome = ({ json }: INodeExecutionData) => json as unknown as Outcome;
