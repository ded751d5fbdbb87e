import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The part of an action.yml that the runner reads. */
export interface Metadata {
  inputs: Record<string, { description: string; required?: boolean; default?: string }>;
  outputs: Record<string, { description: string }>;
  runs: { using: string; main: string };
}

export function readMetadata(actionFolder: string): Metadata {
  const metadata: Metadata = parse(readFileSync(join(actionFolder, 'action.yml'), 'utf8'));
  return metadata;
}

/** Returns the variables of the inputs; `required` is not enforced, as on GitHub. */
export function createInputVariables(
  { inputs }: Metadata,
  given: Record<string, string>,
): Record<string, string> {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(inputs, name));
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(', ')}`);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      given[name] ?? input.default ?? '',
    ]),
  );
}
