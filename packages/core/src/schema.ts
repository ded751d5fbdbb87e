/**
 * zod schemas of an Outcome and its error, to validate JSON that this project wrote. They are a separate entry because
 * importing zod takes three times as long as importing the client.
 */
import * as z from 'zod/mini';
import { errorCodes } from './error-codes.ts';

/** Matches an error code. */
export const errorCodeSchema = z.enum(errorCodes());

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
