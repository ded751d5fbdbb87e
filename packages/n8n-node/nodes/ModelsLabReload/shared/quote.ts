import { createRedactor, toLine } from '@modelslab-reload/core/engine';

const MAX_QUOTED = 80;

/** Formats a rejected value for a message: one clean line without the key, of which a long value has the start. */
export function quote(value: unknown, apiKey: string): string {
  const text = toLine(createRedactor(apiKey)(format(value)));
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}

function format(value: unknown): string {
  // JSON has no NaN, no Infinity and no bigint, and nothing for a function.
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'function' ? 'a function' : JSON.stringify(value);
}
