import type { ParsedReply } from './parse-reply.ts';
import { isObject } from './reply-text.ts';

/**
 * Returns the distinct model ids of a list reply, exactly as listed: an altered id would be another model's. They may
 * be invalid, which `reloadMany` reports for each without affecting the others; the key in one is redacted.
 * Reads an array, an object with numeric keys (PHP sends one for an array with gaps), one page of a paginated list,
 * and objects with a `model_id`; null for anything else.
 */
export function parseModelList(
  reply: ParsedReply,
  redact: (text: string) => string,
): string[] | null {
  const { data } = reply.body;
  // A bare array has no status word, so it is not recognized as the API's.
  const isBareList =
    reply.httpStatus === 200 && !reply.isApiReply && Object.keys(reply.body).join() === 'data';
  if (reply.status !== 'success' && !(isBareList && Array.isArray(data))) return null;
  const entries = readEntries(data);
  if (entries === null) return null;
  const ids = new Set<string>();
  for (const entry of entries) {
    if (entry === null || entry === undefined || entry === '') continue;
    const id = readId(entry);
    if (id === null) return null;
    ids.add(redact(id));
  }
  return ids.size === 0 && entries.length > 0 ? null : [...ids];
}

function readEntries(data: unknown): unknown[] | null {
  if (Array.isArray(data)) return data;
  if (!isObject(data)) return null;
  if (Array.isArray(data.data)) {
    // Only a complete list is accepted, because the models on other pages would not be reloaded.
    return Number(data.last_page ?? 1) <= 1 ? data.data : null;
  }
  return Object.keys(data).every((name) => /^\d+$/.test(name)) ? Object.values(data) : null;
}

function readId(entry: unknown): string | null {
  const id = isObject(entry) ? entry.model_id : entry;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}
