/**
 * zod schemas of an Outcome and its error, to validate JSON that this project wrote. They are a separate entry because
 * importing zod takes three times as long as importing the client.
 */
import * as z from 'zod/mini';

/** Matches an error code. */
export const errorCodeSchema = z.enum([
  'invalid_argument',
  'unauthorized',
  'payment_required',
  'forbidden',
  'model_not_found',
  'invalid_request',
  'rate_limited',
  'server_error',
  'api_error',
  'unexpected_response',
  'network_error',
  'request_timeout',
  'wait_timeout',
  'aborted',
  'installation_error',
]);

/** Matches the `error` of an Outcome. */
export const outcomeErrorSchema = z.object({
  code: errorCodeSchema,
  message: z.string(),
  hint: z.string(),
  httpStatus: z.nullable(z.int()),
  retryAfterMs: z.nullable(z.int().check(z.nonnegative())),
});

/** Matches an Outcome. */
export const outcomeSchema = z.object({
  modelId: z.string(),
  status: z.enum(['success', 'processing', 'error']),
  evidence: z.nullable(z.enum(['reply', 'change', 'image'])),
  imageUrl: z.nullable(z.string()),
  message: z.nullable(z.string()),
  firstStatus: z.nullable(z.string()),
  lastStatus: z.nullable(z.string()),
  requests: z.int().check(z.nonnegative()),
  startedAt: z.iso.datetime(),
  repliedAt: z.nullable(z.iso.datetime()),
  elapsedMs: z.int().check(z.nonnegative()),
  error: z.nullable(outcomeErrorSchema),
});
