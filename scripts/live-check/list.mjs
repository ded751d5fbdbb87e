import { ReloadError } from '@modelslab-reload/core';

const TIMEOUT_MS = 60_000;

/** Fields that describe the reply itself. */
const KEPT_FIELDS = new Set(['status', 'message', 'messege']);

/**
 * Looks for a model in the account's list of trained models.
 *
 * @returns {Promise<{ isListed: boolean, error: string | null }>} `error` is the code if the list could not be read
 */
export async function findInList(client, modelId, signal) {
  try {
    const ids = await client.listTrainedModels({ timeoutMs: TIMEOUT_MS, signal });
    return { isListed: ids.includes(modelId), error: null };
  } catch (error) {
    if (!ReloadError.isInstance(error)) throw error;
    return { isListed: false, error: error.code };
  }
}

/** The account's other models are private: the record keeps only the shape of the list, and the model that is checked. */
export function hideOtherModels(text, modelId) {
  const hide = (value) => {
    if (value === modelId || value === null || typeof value === 'boolean') return value;
    if (Array.isArray(value)) return value.map(hide);
    if (typeof value !== 'object') return typeof value === 'number' ? 0 : 'hidden';
    return mapValues(value, hide);
  };
  try {
    const body = JSON.parse(text);
    if (Object(body) !== body || Array.isArray(body)) return JSON.stringify(hide(body));
    const fields = mapValues(body, (value, name) => (KEPT_FIELDS.has(name) ? value : hide(value)));
    return JSON.stringify(fields);
  } catch {
    // A page without JSON is kept, and so is a warning before it.
    return text.replace(/[[{][^]*/, '… hidden');
  }
}

function mapValues(object, map) {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, map(value, name)]),
  );
}
