import * as z from 'zod/mini';

/** What a failure is. Each code has one meaning in the library, the command line, the Action and the node. */
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
]);

/** Why what was asked for was not reached. */
export const outcomeErrorSchema = z.object({
  code: errorCodeSchema,
  /** What happened. */
  message: z.string(),
  /** What to do next. */
  hint: z.string(),
  /** HTTP status of the reply that decided it; null without a reply. */
  httpStatus: z.nullable(z.int()),
  /** Milliseconds after which the API said to ask again; null if it named none. */
  retryAfterMs: z.nullable(z.int().check(z.nonnegative())),
});

/**
 * What became of one model: the same shape in the library, in the command line's JSON, in the
 * Action's `outcomes` output and in an n8n item.
 */
export const outcomeSchema = z.object({
  modelId: z.string(),
  /** Our reading of the last reply that counted: `error` until the API takes the call. */
  status: z.enum(['success', 'processing', 'error']),
  /**
   * What a success rests on. `reply`: no reply said `processing` before, so the API may mean
   * 'ready' or only 'accepted'. `change`: first `processing`, then `success`. `image`: the model
   * drew one. null without a success.
   */
  evidence: z.nullable(z.enum(['reply', 'change', 'image'])),
  /** Where the picture is that `until: 'image'` had drawn; null without one. */
  imageUrl: z.nullable(z.string()),
  /** What the API last said, the key redacted; null if it said nothing. */
  message: z.nullable(z.string()),
  /** The first status word that the API sent, as sent; null if it sent none. */
  firstStatus: z.nullable(z.string()),
  /** The last status word that the API sent, as sent; null if it sent none. */
  lastStatus: z.nullable(z.string()),
  /** HTTP requests sent for this model; a connection that was refused sends none. */
  requests: z.int().check(z.nonnegative()),
  startedAt: z.iso.datetime(),
  elapsedMs: z.int().check(z.nonnegative()),
  /** null exactly when what was asked for (`until`) was reached. */
  error: z.nullable(outcomeErrorSchema),
});

export type ErrorCode = z.infer<typeof errorCodeSchema>;
export type OutcomeError = z.infer<typeof outcomeErrorSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;
