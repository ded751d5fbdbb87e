import { startN8n } from './instance.mjs';

/** Starts the n8n that the tests in regular mode share. */
export default async function setUp({ provide }) {
  const { url, cookie, home, logFile, close } = await startN8n();
  provide('n8n', { url, cookie, home, logFile });
  return close;
}
