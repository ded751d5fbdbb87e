// The function on Vercel: app/images/[model]/route.js of Next.js, or api/images/[model].js without a framework.
// Requests of one instance share its client; a key-value store, such as Upstash Redis, is optional.
import { createModels, handle } from './function.mjs';

/** Seconds that the platform gives the function; `handle` needs up to 20. */
export const maxDuration = 30;

export function POST(request) {
  return handle(request, createModels(process.env));
}
