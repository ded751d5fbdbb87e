import { createRedactor, toLine } from '@modelslab-reload/core/engine';

const MAX_QUOTED = 80;

/** Formats a rejected value for a message: one clean line without the key, of which a long value has the start. */
export function quote(value: unknown, apiKey: string): string {
  // JSON has no NaN and no Infinity.
  const hasJson = typeof value === 'string' || typeof value === 'object';
  const text = toLine(createRedactor(apiKey)(hasJson ? JSON.stringify(value) : String(value)));
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}
