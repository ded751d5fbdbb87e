// Hand-written code instead of the tool: one call, its status and message, and an exit code.
const [, , modelId] = process.argv;
const response = await fetch(`${process.env.MODELSLAB_BASE_URL}/api/v6/images/model_reload`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ key: process.env.MODELSLAB_API_KEY, model_id: modelId }),
  signal: AbortSignal.timeout(150_000),
});
const { status, message } = await response.json();
console.log(`${modelId} ${status} "${message}"`);
process.exitCode = status === 'success' ? 0 : 1;
