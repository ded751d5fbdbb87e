// The function on Vercel: app/images/[model]/route.js of Next.js, or api/images/[model].js without a framework.
import images from './function.mjs';

/** Seconds that the platform gives the function: the wait for the model, and the time of your image. */
export const maxDuration = 60;

export function POST(request) {
  return images.fetch(request, process.env);
}
