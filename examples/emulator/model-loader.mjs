// A product that sends the reload call itself, with fetch: waits until the API replies with success.
import { setTimeout as sleep } from 'node:timers/promises';

export async function loadModel(modelId, { apiKey, baseUrl, pollIntervalMs, attempts = 10 }) {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const { status, message } = await requestReload(modelId, { apiKey, baseUrl });
    if (status === 'success') return;
    if (status === 'error') throw new Error(message);
    await sleep(pollIntervalMs);
  }
  throw new Error(`${modelId} did not load.`);
}

async function requestReload(modelId, { apiKey, baseUrl }) {
  const response = await fetch(`${baseUrl}/api/v6/images/model_reload`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: apiKey, model_id: modelId }),
    redirect: 'error',
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page or an empty body: the state is unknown, so the next request decides.
    return { status: 'unknown' };
  }
}
