import { createRedactor, toLine } from '@modelslab-reload/core/engine';

const MAX_QUOTED = 80;

/** Formats a rejected value for a message: one clean line without the key; a long value is truncated. */
export function quote(value: unknown, apiKey: string): string {
  const text = toLine(createRedactor(apiKey)(format(value)));
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}

function format(value: unknown): string {
  // JSON cannot represent NaN, Infinity, a bigint or a function.
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'function' ? 'a function' : JSON.stringify(value);
}
